import type { ActiveLens, Changed, Statement } from '../dialects/dialect.ts'
import type { TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Action } from '../planner/steps.ts'
import { withMode } from './active-lenses.ts'
import type { RepairResult } from './api.ts'
import type { Environment } from './open.ts'
import { changedTriggers, say } from './preflight.ts'
import { runRefill, runResync } from './resync.ts'
import { withLockRetry } from './retry.ts'
import type { Run } from './run.ts'

type Finding = RepairResult['findings'][number]

/** Makes triggers of ours anew that were changed beside us, and carries over what can only have been written on one side. */
export async function repairTriggers(environment: Environment, dryRun: boolean): Promise<readonly Finding[]> {
  const ledger = await environment.ledger()
  if (!(await ledger.exists())) return []
  if (dryRun) return (await seenTwice(environment)).map((each) => finding(each, false))
  return environment.withLease('ddl', {}, async (run) => {
    const changed = await changedTriggers(run, () => true)
    const ours = changed.filter(({ kind }) => kind !== 'theirs')
    const tables = new Map(ours.map(({ table }) => [showTable(table), table]))
    const inTheWay = (table: TableRef): readonly Statement[] =>
      ours.flatMap(({ takeAway, table: where }) =>
        takeAway && showTable(where) === showTable(table) ? [takeAway] : [],
      )
    for (const table of tables.values()) await makeAnew(run, table, inTheWay(table))
    return changed.map((each) => finding(each, each.kind !== 'theirs'))
  })
}

/** Without the lease a runner may make triggers while we look: what is wrong is so both times. */
async function seenTwice(environment: Environment): Promise<readonly Changed[]> {
  const look = async (): Promise<readonly Changed[]> => changedTriggers(await environment.looking(), () => true)
  const first = new Set((await look()).map(say))
  return first.size === 0 ? [] : (await look()).filter((each) => first.has(say(each)))
}

function finding(changed: Changed, done: boolean): Finding {
  const action =
    changed.kind === 'theirs'
      ? 'give it another name, which is yours to do'
      : changed.kind === 'renamed'
        ? 'drop it'
        : `make the triggers on ${showTable(changed.table)} anew, behind yours`
  return { problem: say(changed), action, done }
}

async function makeAnew(run: Run, table: TableRef, inTheWay: readonly Statement[]): Promise<void> {
  const { ledger, stateSchema } = run
  const active = await ledger.active()
  const here = active.filter(({ lens }) => showTable(lens.table) === showTable(table))
  const [first] = here
  if (first === undefined) return
  const lock: Action = { do: 'lockTables', tables: [table], mode: 'exclusive' }
  const syncs = here.map(({ lens, mode }): Action => ({ do: 'sync', table, lens, mode }))
  await withLockRetry(`triggers of ${showTable(table)}`, run, (lockTimeout, tries) =>
    run.dialect.section === null
      ? // Away, and made anew: whatever somebody made of them, nothing of it stays.
        inTransaction(
          run,
          lock,
          inTheWay,
          [{ do: 'sync', table, lens: first.lens, mode: null }, ...syncs],
          [first],
          lockTimeout,
        )
      : run.dialect.section({
          ...run,
          // All triggers of a table are made from all lenses: one says it for the others.
          actions: [lock, ...syncs.slice(0, 1)],
          context: { stateSchema, active },
          lockTimeout,
          tries,
          onBegun: () => undefined,
        }),
  )
  await ledger.event(null, 'repaired', { triggers: showTable(table) })
  for (const { lens, mode } of here) {
    if (mode === 'quarantine' || (lens.kind === 'row' && lens.sameName)) await runResync(run, lens, mode)
    // Where both versions write, an empty new side beside an old one that has to have a value is the only sure sign.
    else if (mode === 'fill' || (lens.kind === 'row' && lens.old.every(({ nullable }) => !nullable)))
      await runRefill(run, lens)
  }
}

async function inTransaction(
  { worker, dialect, lease, stateSchema }: Run,
  lock: Action,
  inTheWay: readonly Statement[],
  actions: readonly Action[],
  begin: readonly ActiveLens[],
  lockTimeout: number,
): Promise<void> {
  await worker.transaction(async () => {
    for (const setting of dialect.sessions.lockSettings(lockTimeout)) await worker.query(setting)
    await lease.check()
    let active = begin
    for (const statement of dialect.compile(lock, { stateSchema, active })) await worker.query(statement)
    for (const statement of inTheWay) await worker.query(statement)
    for (const action of actions) {
      for (const statement of dialect.compile(action, { stateSchema, active })) await worker.query(statement)
      if (action.do === 'sync') active = withMode(active, action.lens, action.mode)
    }
  })
}
