import { usageError } from '../../errors.ts'
import type { MigrationRow, RecordedPhase, StepState } from '../../ledger/tables.ts'
import { showTable } from '../../planner/change.ts'
import { phases, type Step } from '../../planner/steps.ts'
import type { RepairResult } from '../api.ts'
import type { Environment } from '../open.ts'
import { isUnknown, type Raw, rawOf, undoId } from '../raw-step.ts'
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
  const said = [...(options.done ?? []), ...(options.undone ?? [])]
  if (said.length > 0 && options.name === undefined)
    throw usageError('repair.name', 'name the migration whose steps these are', {
      hint: 'migrate repair <name> --done <step>',
    })
  const chosen = await known(environment, options.name)
  const findings: Finding[] = []
  for (const { row, state } of chosen) {
    if (row?.plan == null || state === 'pending' || state === 'completed') continue
    findings.push(...(await invalidIndexes(environment, row, options.dryRun === true)))
    findings.push(...(await unknownSteps(environment, row, options)))
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

interface Unknown {
  readonly phase: RecordedPhase
  readonly id: string
  readonly action: Raw
}

async function unknownSteps(
  environment: Environment,
  row: MigrationRow,
  options: RepairOptions,
): Promise<readonly Finding[]> {
  const all = await unknownOf(environment, row)
  const said = [...(options.done ?? []), ...(options.undone ?? [])]
  const stray = said.find((id) => !all.some((each) => each.id === id))
  if (stray !== undefined)
    throw usageError('repair.step', `${row.name} has no step ${stray} of which it is not known whether it is done`, {
      hint: all.length === 0 ? 'It has none at all.' : `It has: ${all.map(({ id }) => id).join(', ')}.`,
    })
  const findings: Finding[] = []
  for (const { phase, id, action } of all) {
    const problem = `${id} of ${row.name} was begun, and nobody knows whether it is done: ${action.sql}`
    const state = options.done?.includes(id) ? 'done' : options.undone?.includes(id) ? 'todo' : null
    if (state === null) {
      const hint = `look, then say: migrate repair ${row.name} --done ${id}, or --undone ${id}`
      findings.push({ problem, action: hint, done: false })
      continue
    }
    if (options.dryRun !== true) {
      await environment.withLease('ddl', {}, (run) =>
        run.worker.transaction(async () => {
          await run.lease.check()
          await run.ledger.settleStep(row.name, row.generation, phase, id, state)
          await run.ledger.event(row.name, 'repaired', { step: id, phase, state })
        }),
      )
    }
    const told = state === 'done' ? 'record that it is done' : 'record that it is not done, so that it runs again'
    findings.push({ problem, action: told, done: options.dryRun !== true })
  }
  return findings
}

async function unknownOf(environment: Environment, row: MigrationRow): Promise<readonly Unknown[]> {
  const ledger = await environment.ledger()
  const isOpen = (action: Raw | null, transaction: boolean, state: StepState | undefined): action is Raw =>
    action !== null && !transaction && isUnknown(action, state)
  const found: Unknown[] = []
  for (const phase of phases) {
    const states = await ledger.steps(row.name, row.generation, phase)
    for (const step of row.plan?.phases[phase] ?? []) {
      const action = rawOf(step)
      if (isOpen(action, step.transaction, states.get(step.id))) found.push({ phase, id: step.id, action })
    }
  }
  const taken = await ledger.steps(row.name, row.generation, 'rollback')
  const steps: readonly Step[] = Object.values(row.plan?.phases ?? {}).flat()
  for (const step of steps) {
    for (const [index, part] of step.undo.entries()) {
      const id = undoId(step, index)
      const action = rawOf(part)
      if (isOpen(action, part.transaction, taken.get(id))) found.push({ phase: 'rollback', id, action })
    }
  }
  return found
}
