import { sql } from 'kysely'
import { refused } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import type { ActiveLens, Changed, CompileContext, Session } from '../dialect.ts'
import { lensesByTable } from '../shared/lenses-by-table.ts'
import { compileSql, dollarQuote, quote, tableRef } from './sql.ts'
import { replicaTrigger, syncFunction, syncFunctionName, syncTrigger } from './sync.ts'

/** A trigger of a table, as the catalog tells it. */
interface Found {
  readonly name: string
  /** pg_trigger.tgenabled: `O` in ordinary sessions, `R` in those that apply what was replicated, `A` in both, `D` in none. */
  readonly enabled: string
  readonly source: string
  /** It calls the function of our schema that is for this table. */
  readonly calls: boolean
  /** It is called before each row that is inserted or updated, by a function of this name in our schema, with its owner's rights and a pinned path. */
  readonly ours: boolean
  /** It could change a row after ours has seen it. */
  readonly later: boolean
}

/**
 * Are the triggers of ours there, in force, with the function that would be made now, of this role, and behind those of the user?
 *
 * @throws BellowsError exit 3 where a function belongs to a role whose rights this one does not have
 */
export async function preflight(session: Session, context: CompileContext): Promise<readonly Changed[]> {
  const changed: Changed[] = []
  for (const [table, active] of lensesByTable(context.active)) {
    const found = await triggersOn(session, table, context.stateSchema)
    changed.push(...(await ownerChanged(session, table, context.stateSchema)))
    changed.push(...renamed(found, table))
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

/**
 * The function has its owner's rights: to write what we make from here on, the owner has to be the role that makes it, or an app's
 * statement fails.
 */
async function ownerChanged(session: Session, table: TableRef, stateSchema: string): Promise<readonly Changed[]> {
  const name = syncFunctionName(table)
  const { rows } = await session.query<{ owner: string; role: string; may: boolean }>(
    compileSql(
      sql`select pg_get_userbyid(p.proowner)::text as owner, current_user::text as role, pg_has_role(p.proowner, 'USAGE') as may from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = ${stateSchema} and p.proname = ${name} and pg_get_userbyid(p.proowner) <> current_user`,
    ),
  )
  const [found] = rows
  if (found === undefined) return []
  const where = `function ${name} behind ${syncTrigger} on ${table.schema}.${table.name}`
  if (!found.may)
    throw refused(
      'server.privileges',
      `the ${where} belongs to ${found.owner}, whose rights ${found.role}, which migrates, does not have`,
      {
        hint: `Run as ${found.owner} (--set-role), or have a superuser run: alter function ${quote(stateSchema, name)}() owner to ${quote(found.role)};`,
      },
    )
  const problem = `belongs to ${found.owner}, and not to ${found.role}, which migrates`
  return [{ table, object: `function ${name}`, kind: 'other', problem }]
}

/** A trigger goes on calling our function under any name, but is then not dropped with it, and the function cannot go before it. */
function renamed(found: readonly Found[], table: TableRef): readonly Changed[] {
  return found
    .filter(({ name, calls }) => calls && name !== syncTrigger && name !== replicaTrigger)
    .map(({ name }) => ({
      table,
      object: `trigger ${name}`,
      kind: 'renamed',
      problem: 'is one of ours under another name',
      takeAway: compileSql(sql`drop trigger if exists ${sql.id(name)} on ${tableRef(table)}`),
    }))
}

// The bits of pg_trigger.tgtype: 1 for each row, 2 before, 4 insert, 16 update (catalog/pg_trigger.h).
async function triggersOn(session: Session, table: TableRef, stateSchema: string): Promise<readonly Found[]> {
  const calls = sql`n.nspname = ${stateSchema} and p.proname = ${syncFunctionName(table)}`
  const { rows } = await session.query<Found>(
    compileSql(
      sql`select t.tgname::text as name, t.tgenabled::text as enabled, p.prosrc as source, ${calls} as calls, ${calls} and p.prosecdef and coalesce(array_to_string(p.proconfig, ';'), '') ~ '(^|;)search_path="?pg_catalog"?, ' and t.tgtype & 23 = 23 and cardinality(t.tgattr::int2[]) = 0 as ours, t.tgenabled <> 'D' and t.tgtype & 3 = 3 and t.tgtype & 20 > 0 and t.tgname::text collate "C" > ${syncTrigger} and t.tgname <> ${replicaTrigger} and not (${calls}) as later from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace join pg_class c on c.oid = t.tgrelid join pg_namespace s on s.oid = c.relnamespace where not t.tgisinternal and s.nspname = ${table.schema} and c.relname = ${table.name} order by t.tgname::text collate "C"`,
    ),
  )
  return rows
}
