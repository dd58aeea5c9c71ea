import { sql } from 'kysely'
import { refused } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import type { Changed, CompileContext, Session } from '../dialect.ts'
import { lensesByTable } from '../shared/lenses-by-table.ts'
import { doctor } from './doctor.ts'
import { compileSql } from './sql.ts'
import { isOurTrigger, triggerBody, triggerName, watchesOf } from './sync.ts'
import type { Watch } from './sync-body.ts'

/** Without these no trigger can be made, which would be found out in the middle of a phase. */
const needed = new Set(['privileges', 'triggers', 'binlog-format'])

/**
 * Asks what the account may and the server lets it.
 *
 * @throws BellowsError exit 3 with what is missing
 */
export async function refuseMissing(session: Session): Promise<void> {
  for (const { name, statement } of doctor('')) {
    if (!needed.has(name)) continue
    const { rows } = await session.query<{ status: string; message: string; hint: string }>(statement)
    const [row] = rows
    if (row?.status === 'fail') throw refused(`server.${name}`, row.message, { hint: row.hint })
  }
}

/** What is looked at before each phase. */
export async function preflight(session: Session, context: CompileContext): Promise<readonly Changed[]> {
  await refuseMissing(session)
  return triggersChanged(session, context)
}

/** A trigger as the server tells it. */
interface Found {
  readonly name: string
  readonly watch: string
  readonly place: number
  readonly definer: string
  readonly mode: string
}

/** Are all triggers of ours there, as this account would make them now, and behind those of the user? */
async function triggersChanged(session: Session, context: CompileContext): Promise<readonly Changed[]> {
  const [here] = (
    await session.query<{ account: string; mode: string }>(
      compileSql(sql`select current_user() as account, @@session.sql_mode as mode`),
    )
  ).rows
  if (here === undefined) return []
  const changed: Changed[] = []
  for (const [table, active] of lensesByTable(context.active)) {
    const found = await triggersOn(session, table)
    for (const watch of watchesOf(active)) {
      const name = triggerName(table, watch)
      const own = found.find((each) => each.name === name)
      const body = triggerBody(watch, active, context.stateSchema)
      const at = { table, object: `trigger ${name}` }
      if (own === undefined) changed.push({ ...at, kind: 'gone', problem: 'is gone' })
      else if (own.watch !== watch || !(await textOf(session, table, name)).endsWith(body))
        changed.push({ ...at, kind: 'other', problem: 'is not the one that was made' })
      else if (own.definer !== here.account)
        changed.push({ ...at, kind: 'other', problem: `runs as ${own.definer}, and not as ${here.account}` })
      else if (own.mode !== here.mode)
        changed.push({ ...at, kind: 'other', problem: `has sql_mode '${own.mode}', and not '${here.mode}'` })
      const [later] = laterThan(found, own, watch)
      if (later !== undefined)
        changed.push({ ...at, kind: 'order', problem: `comes before ${later.name}, whose changes it does not see` })
    }
  }
  return changed
}

/** What a trigger that fires later sets is not seen by ours. After the row is written nothing can be set any more. */
function laterThan(found: readonly Found[], own: Found | undefined, watch: Watch): readonly Found[] {
  if (own === undefined || watch === 'after insert') return []
  return found.filter((each) => each.watch === own.watch && each.place > own.place && !isOurTrigger(each.name))
}

async function triggersOn(session: Session, table: TableRef): Promise<readonly Found[]> {
  const { rows } = await session.query<Found>(
    compileSql(
      sql`select trigger_name as name, lower(concat(action_timing, ' ', event_manipulation)) as watch, action_order as place, definer as definer, sql_mode as mode from information_schema.triggers where event_object_schema = ${table.schema} and event_object_table = ${table.name} order by action_order`,
    ),
  )
  return rows
}

/** As it was written: what information_schema says of it has lost the characters that three bytes do not hold. */
async function textOf(session: Session, table: TableRef, name: string): Promise<string> {
  const { rows } = await session.query(compileSql(sql`show create trigger ${sql.id(table.schema, name)}`))
  return String(rows[0]?.['SQL Original Statement'] ?? '')
}
