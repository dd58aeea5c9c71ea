import { sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { ActiveLens, Changed, CompileContext, Session } from '../dialect.ts'
import { lensesByTable } from '../shared/lenses-by-table.ts'
import { compileSql, dollarQuote } from './sql.ts'
import { replicaTrigger, syncFunction, syncFunctionName, syncTrigger } from './sync.ts'

/** A trigger of a table, as the catalog tells it. */
interface Found {
  readonly name: string
  /** pg_trigger.tgenabled: `O` in ordinary sessions, `R` in those that apply what was replicated, `A` in both, `D` in none. */
  readonly enabled: string
  readonly source: string
  /** It is called before each row that is inserted or updated, by a function of this name in our schema, with its owner's rights and a pinned path. */
  readonly ours: boolean
  /** It could change a row after ours has seen it. */
  readonly later: boolean
}

/** Are the triggers of ours there, in force, with the function that would be made now, and behind those of the user? */
export async function preflight(session: Session, context: CompileContext): Promise<readonly Changed[]> {
  const changed: Changed[] = []
  for (const [table, active] of lensesByTable(context.active)) {
    const found = await triggersOn(session, table, context.stateSchema)
    for (const [name, inForce] of [
      [syncTrigger, ['O', 'A']],
      [replicaTrigger, ['R', 'A']],
    ] as const) {
      const own = found.find((each) => each.name === name)
      const problem = problemOf(own, inForce, table, active, context.stateSchema)
      if (problem !== null) changed.push({ table, object: `trigger ${name}`, ...problem })
    }
    const [last] = found.filter(({ later }) => later)
    if (last !== undefined)
      changed.push({
        table,
        object: `trigger ${last.name}`,
        kind: 'theirs',
        problem: `fires after ${syncTrigger}, which does not see its changes; triggers fire in the order of their names, so it needs another one`,
      })
  }
  return changed
}

function problemOf(
  own: Found | undefined,
  inForce: readonly string[],
  table: TableRef,
  active: readonly ActiveLens[],
  stateSchema: string,
): Pick<Changed, 'kind' | 'problem'> | null {
  if (own === undefined) return { kind: 'gone', problem: 'is gone' }
  if (own.enabled === 'D') return { kind: 'other', problem: 'is disabled' }
  const expected = compileSql(syncFunction(table, active, stateSchema)).sql
  const same = own.ours && inForce.includes(own.enabled) && expected.endsWith(dollarQuote(own.source))
  return same ? null : { kind: 'other', problem: 'is not the one that was made' }
}

// The bits of pg_trigger.tgtype: 1 for each row, 2 before, 4 insert, 16 update (catalog/pg_trigger.h).
async function triggersOn(session: Session, table: TableRef, stateSchema: string): Promise<readonly Found[]> {
  const { rows } = await session.query<Found>(
    compileSql(
      sql`select t.tgname::text as name, t.tgenabled::text as enabled, p.prosrc as source, n.nspname = ${stateSchema} and p.proname = ${syncFunctionName(table)} and p.prosecdef and coalesce(array_to_string(p.proconfig, ';'), '') ~ '(^|;)search_path="?pg_catalog"?, ' and t.tgtype & 23 = 23 and cardinality(t.tgattr::int2[]) = 0 as ours, t.tgenabled <> 'D' and t.tgtype & 3 = 3 and t.tgtype & 20 > 0 and t.tgname::text collate "C" > ${syncTrigger} and t.tgname <> ${replicaTrigger} as later from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace join pg_class c on c.oid = t.tgrelid join pg_namespace s on s.oid = c.relnamespace where not t.tgisinternal and s.nspname = ${table.schema} and c.relname = ${table.name} order by t.tgname::text collate "C"`,
    ),
  )
  return rows
}
