import { sql } from 'kysely'
import { isBellowsError, refused } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Plan } from '../../planner/plan.ts'
import { type Action, type IndexSpec, phases } from '../../planner/steps.ts'
import type { Session } from '../dialect.ts'
import { compile } from './compile.ts'
import { lacksTemporary } from './rehearse.ts'
import { compileSql, quote, tableRef } from './sql.ts'

/** Ends the transaction that must not leave anything. */
class Undo extends Error {}

type AddConstraint = Extract<Action, { do: 'addConstraint' }>
type UniqueFromIndex = Extract<Action, { do: 'uniqueFromIndex' }>
type Tried = AddConstraint | (UniqueFromIndex & { readonly parent: null; readonly definition: string })

const copy = { schema: 'pg_temp', name: 'bellows_rehearsal' }
const parentCopy = { schema: 'pg_temp', name: 'bellows_rehearsal_parent' }
const same = (one: TableRef, other: TableRef): boolean => one.schema === other.schema && one.name === other.name

/**
 * Tries each constraint that a migration is about on an empty temporary copy of its table as it is after contract, in a transaction that
 * is rolled back: an expression that is no condition, a foreign key whose ends do not fit, and columns that cannot be unique are found
 * before anything is done.
 *
 * @throws BellowsError exit 3 that names the constraint and why
 */
export async function rehearseRules(session: Session, plan: Plan): Promise<void> {
  const actions = phases.flatMap((phase) => plan.phases[phase].flatMap((step) => step.actions))
  for (const action of actions) {
    if (action.do === 'uniqueFromIndex' && uniqueOf(plan, action) !== undefined)
      await onCopy(session, plan, { ...action, parent: null, definition: uniqueOf(plan, action)?.body ?? '' })
    if (action.do !== 'addConstraint' || action.rule === undefined) continue
    if (action.parent !== null) await refuseForeign(session, action, action.parent)
    await onCopy(session, plan, action)
  }
}

/** The index of a unique constraint that a migration adds. */
const uniqueOf = (plan: Plan, { table, index }: UniqueFromIndex): IndexSpec | undefined =>
  uniquesOn(plan, table).find(({ name }) => name === index)

function uniquesOn(plan: Plan, table: TableRef): readonly IndexSpec[] {
  const actions = [...plan.phases.backfill, ...plan.phases.contract].flatMap((step) => step.actions)
  return actions.flatMap((each) =>
    each.do === 'createIndex' && same(each.table, table) && each.index.unique && isNew(each.index) ? [each.index] : [],
  )
}

/** Not the copy of an index that is there. */
const isNew = ({ rule }: IndexSpec): boolean => rule !== undefined && rule.called === undefined

/**
 * The copies belong to us, and the table that is pointed at may not. To lock it as contract does is to be allowed to change its rows.
 *
 * @throws BellowsError exit 3 with what is missing, which would be found at contract
 */
async function refuseForeign(session: Session, { name }: AddConstraint, parent: TableRef): Promise<void> {
  const table = quote(parent.schema, parent.name)
  const { rows } = await session.query<{ role: string; missing: string[] }>(
    compileSql(
      sql`select current_user::text as role, array(select split_part(r, ',', 1) from unnest(array['REFERENCES', 'SELECT', 'UPDATE, DELETE, TRUNCATE']) as r where not has_table_privilege(to_regclass(${table})::oid, r)) as missing`,
    ),
  )
  const [row] = rows
  if (row === undefined || row.missing.length === 0) return
  const missing = row.missing.join(', ')
  throw refused(
    'server.privileges',
    `${name} points at ${showTable(parent)}, on which ${row.role}, which migrates, lacks ${missing}`,
    { hint: `Run as its owner: grant ${missing} on ${table} to ${quote(row.role)};` },
  )
}

async function onCopy(session: Session, plan: Plan, action: Tried): Promise<void> {
  const self = action.parent !== null && same(action.parent, action.table)
  const parent = self ? copy : parentCopy
  try {
    await session.transaction(async () => {
      await makeCopy(session, plan, action.table, copy, action)
      if (action.parent !== null && !self) await makeCopy(session, plan, action.parent, parent, action)
      const there = action.parent === null ? '' : `references ${quote(action.parent.schema, action.parent.name)} `
      const definition =
        there === ''
          ? action.definition
          : action.definition.replace(there, () => `references ${quote(parent.schema, parent.name)} `)
      const here: Action =
        action.do === 'uniqueFromIndex'
          ? { ...action, table: copy }
          : { ...action, table: copy, definition, parent: action.parent === null ? null : parent }
      try {
        for (const statement of compile(here, { stateSchema: 'pg_temp', active: [] })) await session.query(statement)
      } catch (error) {
        throw cannot(action, error)
      }
      throw new Undo()
    })
  } catch (error) {
    // A role that may not make temporary tables finds out at the step itself, which is undone as a whole.
    if (!(error instanceof Undo) && !lacksTemporary(error)) throw error
  }
}

/** An empty table with the columns that a table has after contract, and with what is unique in it then. */
async function makeCopy(session: Session, plan: Plan, table: TableRef, name: TableRef, action: Tried): Promise<void> {
  const run = async (action: Action): Promise<void> => {
    for (const statement of compile(action, { stateSchema: 'pg_temp', active: [] })) await session.query(statement)
  }
  const of = (list: Plan['phases'][keyof Plan['phases']]): readonly Action[] =>
    list.flatMap((step) => step.actions.filter((each) => 'table' in each && same(each.table, table)))
  await session.query(
    compileSql(
      sql`create temporary table ${sql.id(name.name)} (like ${tableRef(table)} including indexes including generated)`,
    ),
  )
  for (const each of of(plan.phases.expand))
    if (each.do === 'addColumn')
      await run({ ...each, table: name, column: { ...each.column, grants: [], comment: null } })
  for (const lens of plan.lenses) {
    if (lens.kind !== 'row' || !same(lens.table, table)) continue
    const [before, after] = [lens.old[0], lens.new[0]]
    if (before === undefined || after === undefined) continue
    const rename = (from: string, to: string): Promise<void> =>
      from === to ? Promise.resolve() : run({ do: 'renameColumn', table: name, from, to })
    if (lens.identity) await run({ do: 'dropColumn', table: name, column: after.expanded })
    else await rename(before.expanded, before.contracted)
    await rename(lens.identity ? before.expanded : after.expanded, after.contracted)
  }
  for (const index of uniquesOn(plan, table)) {
    const made: Action = { do: 'createIndex', table: name, index, concurrently: false }
    await run(made).catch((error: unknown) => {
      throw action.do === 'uniqueFromIndex' && action.index === index.name ? cannot(action, error) : error
    })
  }
}

function cannot({ name, table, definition }: Tried, error: unknown): unknown {
  if (!isBellowsError(error) || error.retryable) return error
  return refused(
    'plan.constraint',
    `the server would refuse ${name} of ${showTable(table)}: ${error.message}\n  ${definition}`,
    {
      hint: 'It was tried on an empty temporary copy. Nothing was changed.',
      cause: error,
    },
  )
}
