import { access, constants } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import type { Target } from '../../dialects/capture.ts'
import type { ConnectOptions } from '../../dialects/dialect.ts'
import { captureOf } from '../../dialects/open.ts'
import { BellowsError, type ExitCode, isBellowsError, usageError } from '../../errors.ts'
import { shortPath } from '../../migrations/read-file.ts'
import { runCommand } from './command.ts'
import { environmentFor, type Variables } from './environment.ts'
import { startProxy } from './proxy.ts'
import { createRecorder, type Recorded } from './recorder.ts'
import { writeList } from './write-list.ts'

/** What {@link captureCommand} takes. */
export interface CaptureOptions {
  readonly connect: Pick<ConnectOptions, 'url' | 'connectTimeout' | 'password'>
  readonly app: string
  readonly version: string
  /** The file that the list is written to. */
  readonly out: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly samples: boolean
  readonly redact: readonly string[]
  readonly variables: Variables
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly quiet: boolean
  readonly terminal: boolean
  readonly signal: AbortSignal
  readonly warn: (message: string) => void
}

/** What came of it. */
export interface CaptureResult {
  readonly app: string
  readonly version: string
  readonly out: string
  readonly statements: number
  /** What a check has no use for, and how many distinct texts of it: session settings, transaction control, definitions. */
  readonly leftOut: Readonly<Record<string, number>>
  /** What is missing in the list, because its values cannot be taken out of its text, or it cannot be read. */
  readonly withheld: Readonly<Record<string, number>>
  /** What the server could not parse, each time that it was sent. */
  readonly refused: Readonly<Record<string, number>>
  readonly exitCode: number
}

/** How long is waited for what the command has left connected. */
const patience = 2000

/**
 * Runs a command whose database is a recording proxy, and writes the list of the statements that it sent.
 *
 * @throws BellowsError exit 2 when nothing was seen, the command or the file cannot be used; 75 when the server cannot be reached.
 */
export async function captureCommand(options: CaptureOptions): Promise<CaptureResult> {
  const { connect, app, version, out, command, samples, redact, warn } = options
  await refuseUnwritable(out)
  const dialect = await captureOf(connect.url)
  const address = { ...connect, applicationName: 'bellows/capture', setRole: null, signal: options.signal }
  const target = await dialect.target(address)
  await target.reach()
  const recorder = createRecorder(dialect, { samples, redact })
  const proxy = await startProxy(target, recorder)
  let exitCode: number
  try {
    const env = environmentFor(target, proxy.port, options.env, options.variables, warn)
    exitCode = await runCommand({ ...options, command, env })
  } finally {
    await proxy.close(patience)
  }
  const recorded = recorder.finish(await namesOf(target, recorder.types(), warn))
  tell(recorded, warn)
  if (recorded.statements.length === 0) throw nothingSeen(recorded, exitCode)
  await writeList(out, { app, version, statements: recorded.statements })
  return {
    app,
    version,
    out: shortPath(out),
    statements: recorded.statements.length,
    leftOut: Object.fromEntries([...recorded.leftOut].sort()),
    withheld: Object.fromEntries([...recorded.withheld].sort()),
    refused: Object.fromEntries([...recorded.refused].sort()),
    exitCode,
  }
}

/** The error that an exit code of the command is shown as; it becomes ours, whatever it is. */
export function commandFailed(exitCode: number, out: string): BellowsError {
  return new BellowsError({
    code: 'capture.command-failed',
    message: `the command ended with ${exitCode}`,
    exitCode: exitCode as ExitCode,
    retryable: false,
    hint: `${out} has what it sent until then.`,
  })
}

/** @throws BellowsError exit 2 where no list can be written. */
export async function refuseUnwritable(out: string): Promise<void> {
  if (extname(out).toLowerCase() !== '.json') {
    throw usageError('capture.out', `${shortPath(out)}: a list that is captured is a .json file`)
  }
  await access(dirname(out), constants.W_OK).catch((cause: unknown) => {
    throw usageError('file.unwritable', `${shortPath(out)} cannot be written`, { cause })
  })
}

/** The list is worth more than the words for its types. */
async function namesOf(
  target: Target,
  types: readonly string[],
  warn: (message: string) => void,
): Promise<ReadonlyMap<string, string>> {
  try {
    return await target.typeNames(types)
  } catch (error) {
    if (!isBellowsError(error)) throw error
    warn(`types of the database's own stay unknown: ${error.message}`)
    return new Map()
  }
}

/** Says what is missing in the list. */
export function tell({ withheld, refused, missed }: Recorded, warn: (message: string) => void): void {
  if (withheld.size > 0) {
    warn(
      `not in the list, because values in their texts cannot be taken out, or they cannot be read: ${counted(withheld)}; ` +
        '--samples keeps those with values, or add them by hand',
    )
  }
  if (refused.size > 0) warn(`not in the list, because the server could not parse them: ${counted(refused)}`)
  for (const what of missed) warn(`not recorded: ${what}`)
}

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .map(([what, count]) => (count === 1 ? what : `${count} ${what}`))
    .sort()
    .join(', ')

function nothingSeen({ any, leftOut, withheld, refused }: Recorded, exitCode: number): BellowsError {
  const ended = exitCode === 0 ? '' : ` (the command ended with ${exitCode})`
  if (any) {
    const what = [...leftOut.keys(), ...withheld.keys(), ...refused.keys()].sort().join(', ')
    return usageError('capture.nothing', `the command sent nothing that can be checked, only ${what}${ended}`)
  }
  return usageError('capture.nothing', `no statement came through the proxy${ended}`, {
    hint: 'The command has to take its database from DATABASE_URL (or PGHOST and PGPORT, MYSQL_HOST and MYSQL_TCP_PORT); --url-variable, --host-variable and --port-variable name others.',
  })
}
