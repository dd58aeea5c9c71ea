import { type RawBuilder, sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { CompileContext, Definition, Session } from '../dialect.ts'
import { compileSql, literal, quote, tableRef } from './sql.ts'

/** Ends the transaction that must not leave anything. */
class Undo extends Error {}

/**
 * The server prints the casts that the types ask for, so what it printed before a type changed is not what it prints after. As a view
 * in our schema, where we may create one, a definition is read anew and printed anew.
 */
export async function reprint(
  session: Session,
  definition: Definition,
  { stateSchema }: CompileContext,
): Promise<string | null> {
  const name = 'reprinted'
  const regclass = sql.raw(literal(quote(stateSchema, name)))
  let printed: string | null = null
  try {
    await session.transaction(async () => {
      await session.query(compileSql(sql`set local search_path to ''`))
      await session.query(compileSql(sql`create view ${sql.id(stateSchema, name)} as ${selectOf(definition)}`))
      const { rows } = await session.query<{ said: string }>(
        compileSql(sql`select rtrim(pg_get_viewdef(${regclass}::regclass), ';') as said`),
      )
      printed = rows[0]?.said ?? null
      throw new Undo()
    })
  } catch (error) {
    if (error instanceof Undo) return printed
    if (!isBellowsError(error) || error.retryable || !session.alive) throw error
  }
  return null
}

function selectOf(definition: Definition): RawBuilder<unknown> {
  if (definition.kind === 'view') return sql.raw(definition.view.definition)
  const { using, check } = definition.rules
  const rule = (text: string | null): RawBuilder<unknown> => sql.raw(text ?? 'null::boolean')
  return sql`select ${rule(using)} as "using", ${rule(check)} as "check" from ${tableRef(definition.table)}`
}
