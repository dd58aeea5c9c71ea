import { type BellowsError, type ExitCode, exitCodes, gateClosed, isBellowsError } from '../../errors.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import { lowerFence } from '../fence.ts'
import type { Environment } from '../open.ts'
import type { Run } from '../run.ts'
import { reread } from '../select.ts'
import { takeBack } from './rollback.ts'

/**
 * What contract has done is taken back: an index, a default, tables that are hidden already. Where that cannot be, it stays as it is,
 * which is told, and the same command goes on from there once the gates open.
 *
 * @param begun the migration as contract found it
 * @returns what to throw
 */
export async function asItWas(
  environment: Environment,
  run: Run,
  begun: MigrationRow,
  closed: BellowsError,
): Promise<BellowsError> {
  const row = await reread(environment, begun.name)
  const steps = await run.ledger.steps(row.name, row.generation, 'contract')
  await run.ledger.event(row.name, 'contract-closed-again', { reason: closed.message })
  // Where no transaction holds DDL, a runner that died may have left a part of the step that has not come to its end.
  const half = begun.state === 'contracting' && run.dialect.section !== null
  if (half || [...steps.values()].includes('done')) {
    try {
      await takeBack(environment, run, row, { reason: closed.message, closedAgain: true })
    } catch (error) {
      if (!isBellowsError(error) || !inTheWay.has(error.exitCode)) throw error
      return notTakenBack(closed, error)
    }
    return closed
  }
  await lowerFence(run, row.name)
  await run.worker.transaction(async () => {
    await run.lease.check()
    await run.ledger.setState(row.name, 'backfilled')
  })
  return closed
}

/** What is found before anything is taken back. */
const inTheWay: ReadonlySet<ExitCode> = new Set([
  exitCodes.refused,
  exitCodes.findings,
  exitCodes.gateClosed,
  exitCodes.drift,
])

function notTakenBack(closed: BellowsError, error: BellowsError): BellowsError {
  return gateClosed(closed.code, `${closed.message}; what contract did before stays as it is: ${error.message}`, {
    hint: `The same command goes on from there once the gate is open.${error.hint === null ? '' : ` To take it back: ${error.hint}`}`,
    details: closed.details,
    cause: error,
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
