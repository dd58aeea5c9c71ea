import { type RawBuilder, sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { PolicyRules } from '../../planner/catalog.ts'
import type { Definition, Look, Session } from '../dialect.ts'
import { sessions } from './sessions.ts'
import { compileSql, literal, quote, tableRef } from './sql.ts'

/** Ends the transaction that must not leave anything. */
class Undo extends Error {}

/**
 * The server prints the casts that the types ask for, so what it printed before a type changed is not what it prints after. A definition
 * is therefore read anew and printed anew, as a view in our schema, where we may create one. Where columns were renamed since, that is
 * done by the names it knows, which takes the lock of a rename for that moment; the way back takes the same one later.
 */
export async function stillSays(session: Session, definition: Definition, look: Look): Promise<boolean> {
  let same = false
  try {
    await session.transaction(async () => {
      for (const setting of sessions.lockSettings(look.lockTimeout)) await session.query(setting)
      await session.query(compileSql(sql`set local search_path to ''`))
      for (const { table, from, to } of look.renames)
        await session.query(
          compileSql(sql`alter table ${tableRef(table)} rename column ${sql.id(from)} to ${sql.id(to)}`),
        )
      const planned = await printed(session, look, 'planned', selectOf(definition)).catch((error: unknown) => {
        // What it said cannot be said any more, so it was changed; whatever else fails says nothing about it.
        throw isBellowsError(error) && !error.retryable && session.alive ? new Undo() : error
      })
      same = planned === (await saidNow(session, look, definition))
      throw new Undo()
    })
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
  return same
}

async function saidNow(session: Session, look: Look, definition: Definition): Promise<string | undefined> {
  if (definition.kind === 'view') return definitionOf(session, definition.view.schema, definition.view.name)
  if (definition.kind === 'statistics') {
    const { rows } = await session.query<{ expressions: string[] | null }>(
      compileSql(
        sql`select pg_get_statisticsobjdef_expressions(s.oid) as expressions from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where s.stxname = ${definition.statistics.name} and n.nspname = ${definition.statistics.schema}`,
      ),
    )
    return printed(session, look, 'current', selectOf({ ...definition, expressions: rows[0]?.expressions ?? [] }))
  }
  const { rows } = await session.query<PolicyRules>(
    compileSql(
      sql`select pg_get_expr(polqual, polrelid) as "using", pg_get_expr(polwithcheck, polrelid) as "check" from pg_policy where polname = ${definition.name} and polrelid = ${sql.raw(literal(quote(definition.table.schema, definition.table.name)))}::regclass`,
    ),
  )
  const [rules] = rows
  return rules === undefined ? undefined : printed(session, look, 'current', selectOf({ ...definition, rules }))
}

async function printed(
  session: Session,
  { stateSchema }: Look,
  name: string,
  select: RawBuilder<unknown>,
): Promise<string | undefined> {
  await session.query(compileSql(sql`create view ${sql.id(stateSchema, name)} as ${select}`))
  return definitionOf(session, stateSchema, name)
}

async function definitionOf(session: Session, schema: string, name: string): Promise<string | undefined> {
  const { rows } = await session.query<{ said: string }>(
    compileSql(sql`select pg_get_viewdef(${sql.raw(literal(quote(schema, name)))}::regclass) as said`),
  )
  return rows[0]?.said
}

function selectOf(definition: Definition): RawBuilder<unknown> {
  if (definition.kind === 'view') return sql.raw(definition.view.definition)
  if (definition.kind === 'statistics') {
    const all = definition.expressions.map((text, at) => sql`(${sql.raw(text)}) as ${sql.id(`e${at}`)}`)
    return sql`select ${sql.join(all)} from ${tableRef(definition.table)}`
  }
  const { using, check } = definition.rules
  const rule = (text: string | null): RawBuilder<unknown> => sql.raw(text ?? 'null::boolean')
  return sql`select ${rule(using)} as "using", ${rule(check)} as "check" from ${tableRef(definition.table)}`
}
