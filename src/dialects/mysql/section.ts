import type { Action } from '../../planner/steps.ts'
import type { CompileContext, SectionInput, StepStatement } from '../dialect.ts'
import { compile } from './compile.ts'
import { errorNumber } from './driver-errors.ts'
import { underLockLimit } from './lock-limit.ts'
import { probe } from './probe.ts'
import { sessions } from './sessions.ts'

/**
 * Actions that nobody sees in part: under LOCK TABLES the others wait, and find the end of it when they go on. Each action
 * looks first whether it is done, so that what a runner left that died in here is ended by doing the same again.
 */
export async function section(input: SectionInput): Promise<void> {
  const { worker, lockTimeout } = input
  for (const setting of sessions.lockSettings(lockTimeout)) await worker.query(setting)
  const locks = input.actions.filter((action) => action.do === 'lockTables')
  try {
    await carryOut(input)
  } finally {
    if (locks.length > 0 && worker.alive) await worker.query({ sql: 'unlock tables', parameters: [] })
  }
}

async function carryOut(input: SectionInput): Promise<void> {
  const { worker, lockTimeout } = input
  let context: CompileContext = input.context
  const renames = input.actions.find((action) => action.do === 'renameColumns')
  const renamed = renames !== undefined && (await probe(worker, renames)) === 'done'
  for (const action of input.actions) {
    if (action.do !== 'lockTables') input.onBegun()
    // The names that these triggers would name are gone; those that bear it are there.
    if (renamed && action.do === 'sync' && action.bearsRename === true) continue
    if ((await probe(worker, action)) === 'done') continue
    for (const statement of compile(action, context)) await run(input, statement, lockTimeout)
    context = after(action, context)
  }
}

/** A statement, and where the server refuses to do it so, what it may do instead. */
async function run(input: SectionInput, statement: StepStatement, lockTimeout: number): Promise<unknown> {
  const [next, ...rest] = statement.otherwise ?? []
  try {
    return await underLockLimit(input, lockTimeout, () => input.worker.query(statement))
  } catch (error) {
    if (next === undefined || !refusesWay.has(errorNumber(error) ?? 0)) throw error
    input.onWeaker?.(next, error instanceof Error ? error.message : String(error))
    return run(input, { ...statement, sql: next, otherwise: rest }, lockTimeout)
  }
}

// Not with this ALGORITHM or LOCK; no more row versions; the name that MySQL gives a column which it drops in its catalog only is too long.
const refusesWay: ReadonlySet<number> = new Set([1845, 1846, 4092, 3507])

function after(action: Action, context: CompileContext): CompileContext {
  if (action.do !== 'sync') return context
  const { lens, mode } = action
  const others = context.active.filter((each) => each.lens.id !== lens.id)
  return { ...context, active: mode === null ? others : [...others, { lens, mode }] }
}
