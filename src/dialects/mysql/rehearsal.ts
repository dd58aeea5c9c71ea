import { sql } from 'kysely'
import { isBellowsError, refused } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Plan } from '../../planner/plan.ts'
import { type Action, type IndexSpec, phases } from '../../planner/steps.ts'
import type { Session, StepStatement } from '../dialect.ts'
import { compile } from './compile.ts'
import { errorNumber } from './driver-errors.ts'
import { tryForeignKey } from './rehearse-tables.ts'
import { compileSql, tableRef } from './sql.ts'

/** What changes the definition of a table, as opposed to its triggers, its rows and what is ours. */
type Defining = Extract<Action, { table: TableRef }>

const defining: ReadonlySet<Action['do']> = new Set<Action['do']>([
  'addColumn',
  'dropColumn',
  'renameColumn',
  'renameColumns',
  'redefineColumn',
  'setDefault',
  'dropDefault',
  'createIndex',
  'dropIndex',
  'renameIndex',
  'addConstraint',
])

const isDefining = (action: Action): action is Defining => defining.has(action.do)

/**
 * Carries out what a plan does to a table's definition, all of it, on an empty temporary copy: a default that does not fit the new
 * type, or a rename that the server refuses, would else be found in the middle of a section that cannot be rolled back.
 *
 * @throws BellowsError exit 3 with what the server says
 */
export async function rehearseDefinitions(session: Session, plan: Plan): Promise<void> {
  const all = phases.flatMap((phase) => plan.phases[phase].flatMap((step) => step.actions))
  await refuseImplicitTimestamps(session, all)
  const actions = all.filter(isDefining)
  const tables = new Map(actions.map(({ table }) => [`${table.schema}.${table.name}`, table]))
  const made = plan.phases.expand.flatMap((step) => step.actions).filter(({ do: what }) => what === 'createTable')
  for (const table of tables.values()) {
    const same = (other: TableRef): boolean => other.schema === table.schema && other.name === table.name
    if (made.some((action) => 'table' in action && same(action.table))) continue
    await onCopy(
      session,
      table,
      actions.filter((action) => same(action.table)),
    )
  }
}

/** With explicit_defaults_for_timestamp=OFF the server gives a TIMESTAMP that has to have a value a default of its own, and one ON UPDATE. */
async function refuseImplicitTimestamps(session: Session, actions: readonly Action[]): Promise<void> {
  const defined = actions.flatMap((action) =>
    'column' in action && typeof action.column === 'object'
      ? [action.column]
      : action.do === 'createTable'
        ? action.spec.columns
        : [],
  )
  const found = defined.find((column) => /^timestamp/i.test(column.type) && column.notNull && column.default === null)
  if (found === undefined) return
  const { rows } = await session.query<{ explicit: number }>(
    compileSql(sql`select @@session.explicit_defaults_for_timestamp as explicit`),
  )
  if (Number(rows[0]?.explicit) !== 0) return
  throw refused(
    'server.timestamp-defaults',
    `the server would give ${found.name}, a TIMESTAMP that is NOT NULL and has no default, a default of its own: explicit_defaults_for_timestamp is OFF`,
    { hint: 'Give the column a default, or set explicit_defaults_for_timestamp to ON. Nothing was changed.' },
  )
}

async function onCopy(session: Session, table: TableRef, actions: readonly Defining[]): Promise<void> {
  const copy = { schema: table.schema, name: 'bellows_rehearsal' }
  const run = (statement: Pick<StepStatement, 'sql' | 'parameters'>): Promise<unknown> => session.query(statement)
  try {
    await run(compileSql(sql`create temporary table ${tableRef(copy)} like ${tableRef(table)}`))
  } catch (error) {
    // Without the right to it, or with an index that no temporary table can have, the server is asked at the step itself.
    if (isBellowsError(error) && session.alive) return
    throw error
  }
  try {
    for (const action of actions) {
      // No temporary table has foreign keys, so its ends are compared.
      if (action.do === 'addConstraint' && action.parent !== null) {
        await tryForeignKey(session, action, copy)
        continue
      }
      for (const statement of compile({ ...action, table: copy } as Action, { stateSchema: 'bellows', active: [] })) {
        await run({ sql: anyhow(statement.sql), parameters: statement.parameters }).catch((error: unknown) => {
          throw isBellowsError(error) && session.alive ? cannot(table, statement, copy, error) : error
        })
      }
      if (action.do === 'createIndex' && action.index.unique) await refuseHash(session, table, copy, action.index)
    }
  } finally {
    if (session.alive) await run(compileSql(sql`drop temporary table if exists ${tableRef(copy)}`))
  }
}

/** A unique key that is longer than keys may be MariaDB makes a hash in a hidden column, for which it copies the table. */
async function refuseHash(session: Session, table: TableRef, copy: TableRef, { name, rule }: IndexSpec): Promise<void> {
  const { rows } = await session.query<{ Key_name: string; Index_type: string }>(
    compileSql(sql`show index from ${tableRef(copy)}`),
  )
  if (!rows.some((row) => row.Key_name === name && row.Index_type === 'HASH')) return
  throw refused(
    'plan.not-online',
    `unique index ${rule?.called ?? name} of ${showTable(table)} would be longer than a key may be, and be kept as a hash: to build it is to copy the table and stop writers`,
    { hint: 'It was tried on an empty temporary copy. Choose a shorter type, or drop the unique index first.' },
  )
}

/** A temporary table is always copied; what the real one allows is asked there. */
const anyhow = (text: string): string => text.replace(/, algorithm=\w+(, lock=\w+)?$/, '')

function cannot(table: TableRef, statement: StepStatement, copy: TableRef, error: Error): Error {
  const [here, there] = [tableRef(copy), tableRef(table)].map((name) => compileSql(name).sql) as [string, string]
  const number = errorNumber(error)
  // Such a table can be made LIKE another as a temporary one, but never altered.
  if (number === 4152)
    return refused(
      'plan.cannot-carry',
      `${showTable(table)} has a period of application time (PERIOD FOR), with which a change of it cannot be tried before it is done`,
      { hint: 'Drop that period first, and add it again after contract. Nothing was changed.', cause: error },
    )
  const next =
    number === 1170 ? ' Drop the index that the column is in first, or give it a length there: (column(100)).' : ''
  return refused(
    'plan.cannot-carry',
    `the server would refuse a step on ${showTable(table)}: ${error.message}\n  ${statement.sql.replace(here, there)}`,
    { hint: `It was tried on an empty temporary copy.${next} Nothing was changed.`, cause: error },
  )
}
