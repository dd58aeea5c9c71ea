import { BellowsError, exitCodes, isBellowsError, refused } from '../errors.ts'
import type { StepState } from '../ledger/tables.ts'
import type { Action, Step, UndoPart } from '../planner/steps.ts'
import type { Run } from './run.ts'

/** A statement of an author's own. */
export type Raw = Extract<Action, { do: 'raw' }>

/** The author's statement that a unit is, null for any other unit. */
export function rawOf({ actions }: Pick<UndoPart, 'actions'>): Raw | null {
  const [action] = actions
  return action?.do === 'raw' ? action : null
}

/** What a part of the way back of a step is recorded as. */
export const undoId = (step: Pick<Step, 'id'>, part: number): string => `${step.id}~undo.${part}`

/** Begun, and nobody knows whether it was done: a runner died, or lost its connection, between the statement and its record. */
export function isUnknown(action: Raw, state: StepState | undefined): boolean {
  return state === 'running' || (state === 'failed' && action.once === 'partial')
}

/** Asks the author's query: its first value, true or not. */
export async function askProbe({ worker }: Pick<Run, 'worker'>, probe: string): Promise<boolean> {
  const [row] = (await worker.query({ sql: probe, parameters: [] })).rows
  const value = row === undefined ? null : Object.values(row)[0]
  return value !== null && value !== undefined && value !== false && !(Number(value) === 0)
}

/**
 * Whether a statement that no transaction ties to its record is done already.
 *
 * @throws BellowsError exit 3 when nobody can know: it is never run a second time unless a person says that it is not done.
 */
export async function isRawDone(
  run: Pick<Run, 'worker'>,
  migration: string,
  id: string,
  action: Raw,
  state: StepState | undefined,
): Promise<boolean> {
  if (action.probe !== undefined) return askProbe(run, action.probe)
  if (action.once === undefined || !isUnknown(action, state)) return false
  throw unknownStep(migration, id, action, state)
}

function unknownStep(migration: string, id: string, action: Raw, state: StepState | undefined): Error {
  const what =
    state === 'failed' ? 'failed, and may have done a part of it' : 'was begun, and nobody recorded how it ended'
  return refused('step.unknown', `${id} of ${migration} ${what}:\n  ${action.sql}`, {
    hint: `Look whether it is done. Then say migrate repair ${migration} --done ${id}, or --undone ${id} for it to be run again, and run the same command.`,
    details: { migration, step: id },
  })
}

/**
 * Whether there is something of this step to take back. One that is known not to be done has no way back to go.
 *
 * @throws BellowsError exit 3 when nobody can know
 */
export async function isToBeTakenBack(
  run: Pick<Run, 'worker'>,
  migration: string,
  step: Step,
  state: StepState | undefined,
): Promise<boolean> {
  const action = rawOf(step)
  if (action === null || state === undefined) return false
  if (state === 'done') return true
  if (step.transaction || !isUnknown(action, state) || (step.undo.length === 0 && step.reversible)) return false
  if (action.probe !== undefined) return askProbe(run, action.probe)
  if (step.undo.every((part) => !part.transaction && rawOf(part)?.once === undefined)) return true
  throw unknownStep(migration, step.id, action, state)
}

/** What passes, or is ours to say, is told as everywhere. */
const asEverywhere: readonly number[] = [exitCodes.temporary, exitCodes.interrupted, exitCodes.terminated]

/**
 * What the server says to a statement of the author's, as it is theirs to mend: no bug of ours, and with no advice that is about
 * intents. Where its class is about the rows, or what stands in the way, it stays that.
 */
export function ofStatement(id: string, action: Raw, error: unknown): unknown {
  if (!isBellowsError(error) || asEverywhere.includes(error.exitCode)) return error
  const ofServer = error.code.startsWith('database.') || error.code.startsWith('data.')
  if (!ofServer) return error
  const ofRows = error.code.startsWith('data.') && !ofSetting.has(String(error.details.sqlState))
  const known = ofRows || (error.exitCode !== exitCodes.internal && !error.code.startsWith('data.'))
  return new BellowsError({
    code: known ? error.code : 'database.statement',
    message: `${id}: ${error.message}\n  ${action.sql}`,
    exitCode: known ? error.exitCode : exitCodes.refused,
    hint: `The server refused this statement of rawSql. ${action.once === 'partial' ? partial : `Mend ${ofRows ? 'the rows' : 'what is in its way'}, and run the same command again; or roll back, and change the statement.`}`,
    cause: error,
    details: { ...error.details, step: id },
  })
}

const partial =
  'It may have done a part. Mend what is in its way, and run the same command again: it says how to go on.'

/** PostgreSQL counts a value that a setting or an argument does not take among those of rows. */
const ofSetting = new Set(['22023'])
