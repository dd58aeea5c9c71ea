import { sql } from 'kysely'
import { isBellowsError, refused } from '../../errors.ts'
import type { Table } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Hazard } from '../../planner/hazards/hazard.ts'
import type { Plan } from '../../planner/plan.ts'
import { phases } from '../../planner/steps.ts'
import type { Dialect, Session } from '../dialect.ts'
import { live, seenOf, tablesThere } from '../shared/readers.ts'
import { compile } from './compile.ts'
import { sqlState } from './driver-errors.ts'
import { compileSql, quote, tableRef } from './sql.ts'

/** Standbys, and what takes changes by logical decoding: what this plan means for those that are there now. */
export const readers: Dialect['readers'] = async (session, plan, { catalog, stateSchema }) => {
  const tables = tablesThere(plan, catalog.tables)
  for (const table of tables) await refuseUnidentified(session, plan, table)
  return [
    ...(await onStandbys(session, plan, stateSchema)),
    ...(await stateTableReaders(session, stateSchema)),
    ...(await onConsumers(session, plan, tables)),
  ]
}

/** A standby replays ACCESS EXCLUSIVE, and nothing weaker: what is in its way there is ended after a time. */
async function onStandbys(session: Session, plan: Plan, stateSchema: string): Promise<readonly Hazard[]> {
  const { rows } = await session.query<{ name: string }>(
    compileSql(
      sql`select distinct coalesce(nullif(r.application_name, ''), '(its name is hidden)') as name from pg_stat_replication r where coalesce(r.application_name, '') not in ('pg_basebackup', 'pg_receivewal') and not exists (select from pg_replication_slots s where s.slot_type = 'logical' and s.active_pid = r.pid) order by 1`,
    ),
  )
  if (rows.length === 0) return []
  const context = { stateSchema, active: [] }
  const locked = phases.flatMap((phase) => {
    const names = plan.phases[phase].flatMap(({ actions }) =>
      actions
        .flatMap((action) => compile(action, context))
        .flatMap(({ locks }) => locks.filter(({ blocksReads }) => blocksReads).map(({ relation }) => relation)),
    )
    return names.length === 0 ? [] : [`${phase} (${[...new Set(names)].join(', ')})`]
  })
  if (locked.length === 0) return []
  return [
    live(
      'replicas',
      'warn',
      `${rows.map(({ name }) => name).join(', ')} will replay the locks of ${locked.join(', ')}: a query there that has read the table holds the replay up, and is cancelled (40001) after max_standby_streaming_delay`,
      'Let what reads on replicas try again after 40001. migrate wait --replica-url waits until a replica has replayed a state.',
    ),
  ]
}

/** Where everything is published, our own tables are, which no subscriber has. */
export const stateTableReaders: Dialect['stateTableReaders'] = async (session, stateSchema) => {
  const { rows } = await session.query<{ name: string }>(
    compileSql(
      sql`select p.pubname::text as name from pg_publication p where p.puballtables and to_regclass(${`${quote(stateSchema, 'meta')}`}) is null order by 1`,
    ),
  )
  if (rows.length === 0) return []
  return [
    live(
      'published-state-tables',
      'stop',
      `publication ${rows.map(({ name }) => name).join(', ')} carries all tables, and so the state tables in ${stateSchema} too, as soon as they are made: a subscriber that lacks them stops`,
      `Publish your tables or your schemas by name, or make the schema ${stateSchema} on the subscribers (from another database that has it: pg_dump --schema-only -n ${stateSchema}); then accept published-state-tables.`,
    ),
  ]
}

async function onConsumers(session: Session, plan: Plan, tables: readonly Table[]): Promise<readonly Hazard[]> {
  // Of what pgoutput sends, publications decide.
  const { rows } = await session.query<{ name: string }>(
    compileSql(
      sql`select format('logical slot %s (%s)', slot_name, plugin) as name from pg_replication_slots where slot_type = 'logical' and database = current_database() and plugin <> 'pgoutput' order by 1`,
    ),
  )
  return tables.flatMap((table) => {
    const publications = table.publications.map(
      ({ name, columnList }) => `publication ${name}${columnList ? ', with a list of columns' : ''}`,
    )
    const takers = [...publications, ...rows.map(({ name }) => name)]
    const seen = takers.length === 0 ? null : seenOf(plan, table)
    if (seen === null) return []
    const stop =
      seen.columns.length > 0 && table.publications.some(({ columnList }) => !columnList)
        ? `Add ${seen.columns.join(', ')} to the subscribers before it comes, without a list of columns they stop at what they lack. `
        : ''
    return [
      live(
        'change-consumers',
        'warn',
        `the changes of ${showTable(table)} are taken by ${takers.join('; ')}, and there are: ${seen.text}`,
        `${stop}What else reads changes has to bear columns that come and go; a column list stays with the columns it was made for.`,
      ),
    ]
  })
}

/**
 * An app may do nothing but INSERT in a table whose updates are published and whose rows cannot be told apart, by its replica identity
 * or by what a publication lists of it. The server says so when it would begin with an UPDATE.
 *
 * @throws BellowsError exit 3
 */
async function refuseUnidentified(session: Session, plan: Plan, table: Table): Promise<void> {
  const shown = showTable(table)
  const filled = plan.phases.backfill.some(({ actions }) =>
    actions.some((action) => action.do === 'backfill' && showTable(action.table) === shown),
  )
  const column = table.columns.find(({ generated, identity }) => !generated && identity === null)
  if (!filled || column === undefined || table.publications.length === 0) return
  const name = sql.id(column.name)
  try {
    await session.query(compileSql(sql`explain update ${tableRef(table)} set ${name} = ${name} where false`))
  } catch (error) {
    const state = sqlState(error)
    // Object not in prerequisite state, and invalid column reference.
    if (!isBellowsError(error) || (state !== '55000' && state !== '42P10')) return
    const { detail } = error.cause as { readonly detail?: string }
    throw refused(
      'plan.replica-identity',
      `${shown} is published with its updates, and the server lets nobody update it, so the backfill could not either: ${detail ?? error.message}`,
      {
        cause: error,
        hint: `Nothing was changed. Give it a replica identity that its publications carry: ALTER TABLE ${quote(table.schema, table.name)} REPLICA IDENTITY USING INDEX ..., or a primary key.`,
      },
    )
  }
}
