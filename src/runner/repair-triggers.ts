import type { TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { RepairResult } from './api.ts'
import type { Environment } from './open.ts'
import { changedTriggers, say } from './preflight.ts'
import { runRefill, runResync } from './resync.ts'
import { withLockRetry } from './retry.ts'
import type { Run } from './run.ts'

type Finding = RepairResult['findings'][number]

/** Makes triggers of ours anew that were changed beside us, and carries over what can only have been written on one side. */
export async function repairTriggers(environment: Environment, dryRun: boolean): Promise<readonly Finding[]> {
  const { preflight } = await environment.dialect()
  const ledger = await environment.ledger()
  if (preflight === null || !(await ledger.exists())) return []
  return environment.withLease('ddl', {}, async (run) => {
    const changed = await changedTriggers(run, () => true)
    const tables = new Map(changed.map(({ table }) => [showTable(table), table]))
    if (!dryRun) for (const table of tables.values()) await makeAnew(run, table)
    return changed.map((each) => ({
      problem: say(each),
      action: `make the triggers on ${showTable(each.table)} anew, behind yours`,
      done: !dryRun,
    }))
  })
}

async function makeAnew(run: Run, table: TableRef): Promise<void> {
  const { worker, observer, dialect, ledger, stateSchema } = run
  const { section } = dialect
  const active = await ledger.active()
  const here = active.filter(({ lens }) => showTable(lens.table) === showTable(table))
  const [first] = here
  if (section === null || first === undefined) return
  await withLockRetry(`triggers of ${showTable(table)}`, run, (lockTimeout) =>
    section({
      worker,
      observer,
      // All triggers of a table are made from all lenses: one says it for the others.
      actions: [
        { do: 'lockTables', tables: [table], mode: 'exclusive' },
        { do: 'sync', table, lens: first.lens, mode: first.mode },
      ],
      context: { stateSchema, active },
      lockTimeout,
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
