import { usageError } from '../../errors.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import { showTable } from '../../planner/change.ts'
import type { RepairResult } from '../api.ts'
import type { Environment } from '../open.ts'
import { refuseStray, repairSteps, saidOf, unknownOf } from '../repair-steps.ts'
import { repairTriggers } from '../repair-triggers.ts'
import { known } from '../select.ts'

/** What `repair` takes. */
export interface RepairOptions {
  readonly name?: string
  readonly dryRun?: boolean
  /** Steps of that migration that a person found to be done. */
  readonly done?: readonly string[]
  /** Steps of that migration that a person found not to be done: they are run again. */
  readonly undone?: readonly string[]
}

interface Finding {
  problem: string
  action: string
  done: boolean
}

/**
 * Finds indexes of ours that a broken build left invalid and triggers that were changed beside us, and makes them anew; and statements of an author's of which nobody knows
 * whether they are done, for which a person has to say it.
 */
export async function repair(environment: Environment, options: RepairOptions): Promise<RepairResult> {
  const said = saidOf(options).length > 0
  if (said && options.name === undefined)
    throw usageError('repair.name', 'name the migration whose steps these are', {
      hint: 'migrate repair <name> --done <step>',
    })
  const chosen = await known(environment, options.name)
  // Before anything is mended. One that is over, or has not begun, has no such step.
  if (said) for (const { name, row } of chosen) refuseStray(name, await unknownOf(environment, row), options)
  const findings: Finding[] = []
  for (const { row, state } of chosen) {
    if (row?.plan == null || state === 'pending' || state === 'completed') continue
    findings.push(...(await invalidIndexes(environment, row, options.dryRun === true)))
    findings.push(...(await repairSteps(environment, row, options)))
  }
  findings.push(...(await repairTriggers(environment, options.dryRun === true)))
  return { dryRun: options.dryRun === true, findings }
}

async function invalidIndexes(
  environment: Environment,
  row: MigrationRow,
  dryRun: boolean,
): Promise<readonly Finding[]> {
  const dialect = await environment.dialect()
  const worker = await environment.worker()
  const context = { stateSchema: environment.stateSchema, active: [] }
  const findings: Finding[] = []
  for (const step of [...(row.plan?.phases.backfill ?? []), ...(row.plan?.phases.contract ?? [])]) {
    for (const action of step.actions) {
      if (action.do !== 'createIndex' || (await dialect.probe(worker, action)) !== 'broken') continue
      const finding = {
        problem: `index ${action.index.name} on ${showTable(action.table)} is invalid`,
        action: 'drop it and build it again, concurrently',
        done: false,
      }
      if (!dryRun) {
        await environment.withLease('ddl', {}, async (run) => {
          for (const setting of dialect.sessions.patientSettings) await run.worker.query(setting)
          for (const statement of [...dialect.mend(action, context), ...dialect.compile(action, context)])
            await run.worker.query(statement)
          await run.ledger.event(row.name, 'repaired', { index: action.index.name })
        })
        finding.done = true
      }
      findings.push(finding)
    }
  }
  return findings
}
