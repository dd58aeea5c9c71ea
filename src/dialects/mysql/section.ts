import { findings } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Action } from '../../planner/steps.ts'
import type { CompileContext, SectionInput, StepStatement } from '../dialect.ts'
import { compile } from './compile.ts'
import { errorNumber } from './driver-errors.ts'
import { underLockLimit } from './lock-limit.ts'
import { asFound } from './momentary-duplicates.ts'
import { type LockTables, withLocked, withParents, withParentsInQueueFrom } from './parents.ts'
import { probe } from './probe.ts'
import { inQueueFrom, untilUnread, withoutQueue } from './quiet.ts'
import { withSequences } from './sequences.ts'
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
    const unchecked = input.actions.some((action) => action.do === 'addConstraint' && action.parent !== null)
    if (unchecked && worker.alive) await worker.query({ sql: 'set session foreign_key_checks = 1', parameters: [] })
  }
}

async function carryOut(input: SectionInput): Promise<void> {
  const { worker } = input
  let context: CompileContext = input.context
  const renames = input.actions.find((action) => action.do === 'renameColumns')
  const renamed = renames !== undefined && (await probe(worker, renames)) === 'done'
  let locked = false
  for (const planned of input.actions) {
    const { action, meets, queuesFrom } =
      planned.do === 'lockTables' ? await lockOf(input, planned) : { action: planned, ...alone(planned) }
    if (action.do !== 'lockTables') input.onBegun()
    // The names that these triggers would name are gone; those that bear it are there.
    if (renamed && action.do === 'sync' && action.bearsRename === true) continue
    if ((await probe(worker, action)) === 'done') continue
    if (action.do === 'validateConstraint') {
      await validate(input, action)
      continue
    }
    const compiled = action.do === 'lockTables' ? await withSequences(input.observer, action) : action
    for (const statement of compile(compiled, context)) {
      // Under LOCK TABLES nobody holds anything that these wait for.
      if (isSetting(statement)) {
        await worker.query(statement)
        continue
      }
      const done = locked ? run(input, statement, []) : outsideQueue(input, statement, meets, queuesFrom)
      await done.catch(async (error: unknown) => {
        throw await asFound(input.observer, action, error)
      })
    }
    if (action.do === 'lockTables' && !locked && !renamed) await input.onLocked?.()
    locked ||= action.do === 'lockTables'
    context = after(action, context)
  }
}

/** What a change waits for, and from which try on it does so in the server's queue. */
interface Meeting {
  /** The tables of which it waits for those that only read them. */
  readonly meets: readonly TableRef[]
  readonly queuesFrom: number
}

const alone = (action: Action): Meeting => ({
  meets: 'table' in action && action.do !== 'createTable' ? [...parentOf(action), action.table] : [],
  queuesFrom: inQueueFrom,
})

const parentOf = (action: Action): readonly TableRef[] =>
  (action.do === 'addConstraint' || action.do === 'dropConstraint') && action.parent !== null ? [action.parent] : []

const isSetting = ({ sql }: StepStatement): boolean => sql.startsWith('set session ')

/**
 * Looks for rows that were written before a rule held, and after the last look at them.
 *
 * @throws BellowsError `data.foreign-key` (4) when there are some
 */
async function validate(
  { worker, context }: SectionInput,
  action: Extract<Action, { do: 'validateConstraint' }>,
): Promise<void> {
  for (const statement of compile(action, context)) {
    const [row] = (await worker.query<{ count: number }>(statement)).rows
    if (Number(row?.count ?? 0) === 0) continue
    throw findings('data.foreign-key', `${row?.count} rows of ${showTable(action.table)}: ${action.rule?.said ?? ''}`, {
      hint: 'Mend the rows that point at nothing, then run the same command again.',
    })
  }
}

/** The lock of a section, on more tables where it is not had otherwise; that is told. */
async function lockOf(input: SectionInput, planned: LockTables): Promise<Meeting & { readonly action: LockTables }> {
  const { observer, context, tries } = input
  const action = await withParents(observer, planned, tries)
  if (action === planned) {
    // From then on nobody looks who reads.
    const meets = tries < inQueueFrom ? await withLocked(observer, action.tables) : action.tables
    return { action, queuesFrom: inQueueFrom, meets }
  }
  const [statement] = compile(action, context)
  input.onInstead?.(statement?.sql ?? '', 'writers of what its foreign keys point at do not let the lock through')
  // Whoever writes a parent has read the child, for its foreign key: there would be no moment to wait for.
  const meets = action.tables.filter((table) => !planned.tables.includes(table))
  return { action, queuesFrom: withParentsInQueueFrom, meets }
}

/**
 * While a change waits for its lock, the servers fail a transaction (1213) that has read the table before and writes it now. So it
 * begins when there is none, or does not wait at all; and only after several tries in vain it queues as any change does.
 */
async function outsideQueue(
  input: SectionInput,
  statement: StepStatement,
  tables: readonly TableRef[],
  queuesFrom: number,
): Promise<unknown> {
  const { worker, observer, lockTimeout, tries } = input
  if (tables.length === 0 || tries >= queuesFrom) return run(input, statement, [])
  if (await untilUnread(observer, tables, lockTimeout)) return run(input, statement, tables)
  // What works long waits at its end too: refused there, it would have worked for nothing.
  if (statement.scans || statement.rewrites) return run(input, statement, [])
  let refusal: unknown = null
  try {
    if (await withoutQueue(worker, statement)) return
  } catch (error) {
    refusal = error
    // What it may do instead is done below.
    if (!refusesWay.has(errorNumber(error) ?? 0)) throw error
  } finally {
    if (worker.alive) for (const setting of sessions.lockSettings(lockTimeout)) await worker.query(setting)
  }
  return refusal === null ? run(input, statement, []) : instead(input, statement, refusal)
}

/** A statement, and where the server refuses to do it so, what it may do instead. */
async function run(input: SectionInput, statement: StepStatement, unread: readonly TableRef[]): Promise<unknown> {
  const limit = { ...input, unread: statement.scans || statement.rewrites ? [] : unread }
  try {
    return await underLockLimit(limit, input.lockTimeout, () => input.worker.query(statement))
  } catch (error) {
    if (!refusesWay.has(errorNumber(error) ?? 0)) throw error
    return instead(input, statement, error)
  }
}

/** What a statement may do instead of what the server refused. */
async function instead(input: SectionInput, statement: StepStatement, refusal: unknown): Promise<unknown> {
  const [next, ...rest] = statement.otherwise ?? []
  if (next === undefined) throw refusal
  input.onInstead?.(next, refusal instanceof Error ? refusal.message : String(refusal))
  return run(input, { ...statement, sql: next, otherwise: rest }, [])
}

// Not with this ALGORITHM or LOCK; no more row versions; the name that MySQL gives a column which it drops in its catalog only is too long.
const refusesWay: ReadonlySet<number> = new Set([1845, 1846, 4092, 3507])

function after(action: Action, context: CompileContext): CompileContext {
  if (action.do !== 'sync') return context
  const { lens, mode } = action
  const others = context.active.filter((each) => each.lens.id !== lens.id)
  return { ...context, active: mode === null ? others : [...others, { lens, mode }] }
}
