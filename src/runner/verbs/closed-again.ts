import type { MigrationRow } from '../../ledger/tables.ts'
import type { Environment } from '../open.ts'
import type { Run } from '../run.ts'
import { reread } from '../select.ts'
import { takeBack } from './rollback.ts'

/**
 * The old shape was never hidden. What came before it in this phase, a default or an index, is taken back.
 *
 * @param begun the migration as contract found it
 */
export async function asItWas(environment: Environment, run: Run, begun: MigrationRow, closed: Error): Promise<void> {
  const row = await reread(environment, begun.name)
  const steps = await run.ledger.steps(row.name, row.generation, 'contract')
  await run.ledger.event(row.name, 'contract-closed-again', { reason: closed.message })
  // Where no transaction holds DDL, a runner that died may have left a part of the step that has not come to its end.
  const half = begun.state === 'contracting' && run.dialect.section !== null
  if (half || [...steps.values()].includes('done')) {
    await takeBack(environment, run, row, { reason: closed.message, closedAgain: true })
    return
  }
  await run.worker.transaction(async () => {
    await run.lease.check()
    await run.ledger.setState(row.name, 'backfilled')
  })
}

/** Which migrations a contract that closed again was taking back when it ended. */
export async function isTakingBack(environment: Environment): Promise<(name: string) => boolean> {
  const rows = (await environment.rows()).filter(({ state }) => state === 'rolling-back')
  if (rows.length === 0) return () => false
  const { events } = await (await environment.ledger()).history()
  const taking = rows.filter(({ name }) => {
    const started = events.filter((event) => event.migration === name && event.kind === 'rollback-started').at(-1)
    return (started?.detail as { closedAgain?: boolean } | undefined)?.closedAgain === true
  })
  return (name) => taking.some((row) => row.name === name)
}

/** Ends that, so that the same command goes on where it was killed. */
export async function endTakingBack(environment: Environment, run: Run, name: string): Promise<void> {
  const back = await isTakingBack(environment)
  if (back(name)) await takeBack(environment, run, await reread(environment, name), {})
}
