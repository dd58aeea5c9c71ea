import { sql } from 'kysely'
import { type BellowsError, isBellowsError, refused } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Plan } from '../../planner/plan.ts'
import type { Action } from '../../planner/steps.ts'
import type { Session } from '../dialect.ts'
import { compile } from './compile.ts'
import { compileSql, tableRef } from './sql.ts'

/** Ends the transaction that must not leave anything. */
class Undo extends Error {}

type Carried = Extract<Action, { do: 'createIndex' | 'addConstraint' }>

/**
 * Tries the indexes and checks of a plan on an empty temporary copy of their table, in a transaction that is rolled back.
 * So one that cannot be on the new type is found before anything is done, and by the server itself.
 *
 * @throws BellowsError exit 3 that names the object and why.
 */
export async function rehearse(session: Session, plan: Plan): Promise<void> {
  const actions = Object.values(plan.phases).flatMap((steps) => steps.flatMap((step) => step.actions))
  for (const lens of plan.lenses) {
    if (lens.kind !== 'row' || lens.identity) continue
    const onTable = (action: Action): action is Carried =>
      (action.do === 'createIndex' ||
        (action.do === 'addConstraint' && action.parent === null && action.rule === undefined)) &&
      action.table.schema === lens.table.schema &&
      action.table.name === lens.table.name
    const tried = actions.filter(onTable)
    if (tried.length > 0) await onCopy(session, plan, lens.table, tried)
  }
  await rehearseDefaults(session, actions)
}

type Defaulted = Extract<Action, { do: 'addColumn' | 'setDefault' }>

/** Defaults that cannot be of their column: else they would be found at their step, the one of `setDefault` as late as at contract. */
async function rehearseDefaults(session: Session, actions: readonly Action[]): Promise<void> {
  const defining = actions.filter(
    (action): action is Defaulted => action.do === 'setDefault' || action.do === 'addColumn',
  )
  const given = defining.filter((action) => action.do === 'setDefault' || action.column.default !== null)
  const renamed = actions.filter(({ do: what }) => what === 'renameColumn' || what === 'renameColumns')
  const tables = new Map(given.map(({ table }) => [showTable(table), table]))
  for (const [shown, table] of tables) {
    // Where columns exchange their names, which one a default is for depends on when.
    if (renamed.some((action) => 'table' in action && showTable(action.table) === shown)) continue
    await defaultsOnCopy(
      session,
      table,
      defining.filter((action) => showTable(action.table) === shown),
    )
  }
}

async function defaultsOnCopy(session: Session, table: TableRef, defining: readonly Defaulted[]): Promise<void> {
  const copy = { schema: 'pg_temp', name: table.name }
  const context = { stateSchema: 'pg_temp', active: [] }
  try {
    await session.transaction(async () => {
      await session.query(compileSql(sql`create temporary table ${sql.id(copy.name)} (like ${tableRef(table)})`))
      for (const action of defining) {
        const here: Action =
          action.do === 'setDefault'
            ? { ...action, table: copy }
            : { ...action, table: copy, column: { ...action.column, grants: [], comment: null } }
        try {
          for (const statement of compile(here, context)) await session.query(statement)
        } catch (error) {
          if (isRaised(error)) throw byOthers(error)
          const refusing = isBellowsError(error) && misfits.has(error.code)
          throw refusing ? cannotDefault(action, error) : new Undo()
        }
      }
      throw new Undo()
    })
  } catch (error) {
    if (!(error instanceof Undo) && !lacksTemporary(error)) throw isRaised(error) ? byOthers(error) : error
  }
}

/** The text is no value of the type, or an expression is of another one. */
const misfits = new Set(['data.conversion', 'database.statement'])

function cannotDefault(action: Defaulted, cause: Error): unknown {
  const column = action.do === 'setDefault' ? action.column : action.column.name
  return refused('plan.cannot-carry', `the default of ${showTable(action.table)}.${column}: ${cause.message}`, {
    hint: 'Give a value of the column’s type.',
    cause,
  })
}

async function onCopy(
  session: Session,
  plan: Plan,
  table: Plan['lenses'][number]['table'],
  tried: readonly Carried[],
): Promise<void> {
  const copy = { schema: 'pg_temp', name: table.name }
  const context = { stateSchema: 'pg_temp', active: [] }
  try {
    await session.transaction(async () => {
      await session.query(compileSql(sql`create temporary table ${sql.id(copy.name)} (like ${tableRef(table)})`))
      for (const step of plan.phases.expand) {
        for (const action of step.actions) {
          if (action.do !== 'addColumn' || action.table.name !== table.name || action.table.schema !== table.schema)
            continue
          const plain = { ...action.column, grants: [], comment: null }
          for (const statement of compile({ ...action, table: copy, column: plain }, context))
            await session.query(statement)
        }
      }
      for (const action of tried) {
        const here: Action =
          action.do === 'createIndex' ? { ...action, table: copy, concurrently: false } : { ...action, table: copy }
        try {
          for (const statement of compile(here, context)) await session.query(statement)
        } catch (error) {
          throw cannot(action, error)
        }
      }
      throw new Undo()
    })
  } catch (error) {
    // A role that may not make temporary tables finds out at the step itself, which is undone as a whole.
    if (!(error instanceof Undo) && !lacksTemporary(error)) throw isRaised(error) ? byOthers(error) : error
  }
}

/** TEMPORARY on the database is a right that many take away from PUBLIC. */
export function lacksTemporary(error: unknown): boolean {
  return isBellowsError(error) && error.code === 'database.privilege' && error.message.includes('temporary')
}

/** RAISE of a function of somebody's, which on an empty table only an event trigger runs; whatever SQLSTATE it gives itself. */
function isRaised(error: unknown): boolean {
  return isBellowsError(error) && (error.details.sqlState === 'P0001' || /\bat RAISE$/m.test(raisedAt(error)))
}

/** Where the server says it was raised: the function and its line. */
function raisedAt({ cause }: BellowsError): string {
  const { where } = (cause ?? {}) as { where?: unknown }
  return typeof where === 'string' ? where : ''
}

function byOthers(error: unknown): unknown {
  if (!isBellowsError(error)) return error
  const at = raisedAt(error)
  return refused(
    'database.statement',
    `something in the database, as an event trigger does, refused a statement of the plan: ${error.message}${at === '' ? '' : `\n  ${at}`}`,
    {
      hint: 'Nothing was changed. Have it let the role that migrates do DDL, on temporary tables too, and run the same command again.',
      cause: error,
    },
  )
}

function cannot(action: Carried, error: unknown): unknown {
  if (!isBellowsError(error)) return error
  if (isRaised(error)) return byOthers(error)
  const [what, definition] =
    action.do === 'createIndex' ? ['an index', action.index.body] : ['a rule', action.definition]
  return refused(
    'plan.cannot-carry',
    `${what} of ${showTable(action.table)} cannot be on the new column: ${error.message}\n  ${definition}`,
    {
      hint: 'Drop it first, or choose a type that it can be on.',
      cause: error,
    },
  )
}
