import { CommanderError } from 'commander'
import { type ExitCode, exitCodes, usageError } from '../errors.ts'
import { type LoadedConfig, loadConfig } from '../migrations/config.ts'
import { gateNames } from '../runner/api.ts'
import { toFailure } from './failure.ts'
import type { Io } from './io.ts'
import { type Metrics, startMetrics } from './metrics/start.ts'
import { createOutput, type Output } from './output.ts'
import { buildProgram } from './program.ts'
import type { CommandFile } from './session.ts'
import { readSettings, type Settings } from './settings.ts'

/**
 * Runs one command line from its arguments to its exit code. Writes to the given streams only, throws nothing, and
 * never ends the process.
 */
export async function run(io: Io): Promise<ExitCode> {
  // Replaced as soon as the flags are known; until then what stands in the arguments decides how errors look.
  let output: Output | undefined
  let exitCode: ExitCode = exitCodes.ok
  let keeps = true
  let metrics: Metrics | null = null
  const execute = async (
    file: CommandFile,
    args: readonly (string | undefined)[],
    flags: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    keeps = file.keepsNothing !== true
    const early = readSettings(flags, io.env, withoutConfig(io))
    output = outputFor(io, file.name, early)
    const config = await loadConfig(io.cwd, early.text('config'), gateNames)
    const settings = readSettings(flags, io.env, config)
    const session = { command: file.name, io, config, settings, output }
    metrics = await startMetrics(session, file.options ?? [])
    const answer = await file.run(session, args)
    output.answer(answer)
    exitCode = answer.failure?.exitCode ?? exitCodes.ok
  }
  const program = buildProgram(io.stdout, execute, beforeDashes(io.argv))
  try {
    await program.parseAsync([...io.argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
    const failure = toFailure(error, io.signal, keeps)
    output ??= outputFor(io, guessCommand(io.argv), guessSettings(io))
    if (failure.code === 'usage.no-command' && !output.json) io.stderr.write(`${program.helpInformation()}\n`)
    output.fail(failure)
    exitCode = failure.exitCode
  }
  await endMetrics(metrics, exitCode)
  return exitCode
}

/** Behind a function, as the compiler does not see that the callback has set it. */
const endMetrics = async (metrics: Metrics | null, exitCode: ExitCode): Promise<void> => metrics?.end(exitCode)

function outputFor(io: Io, command: string, settings: Settings): Output {
  const logFormat = settings.text('logFormat') ?? 'text'
  if (logFormat !== 'text' && logFormat !== 'json') {
    throw usageError('usage.log-format', `MIGRATE_LOG_FORMAT: \`${logFormat}\` is neither text nor json`)
  }
  return createOutput(io, {
    command,
    logFormat,
    json: settings.flag('json'),
    verbose: settings.flag('verbose'),
    noColor: settings.flag('noColor'),
  })
}

/** Flags that make output, read from arguments that commander could not parse, so that --json holds even then. */
function guessSettings(io: Io): Settings {
  const args = beforeDashes(io.argv)
  const has = (flag: string): true | undefined => (args.includes(flag) ? true : undefined)
  const jsonLog = args.includes('--log-format=json') || args[args.indexOf('--log-format') + 1] === 'json'
  const flags = {
    json: has('--json'),
    verbose: has('--verbose'),
    noColor: has('--no-color'),
    logFormat: jsonLog ? 'json' : undefined,
  }
  return readSettings(flags, wellFormed(io.env), withoutConfig(io))
}

/** What is wrong in the environment may be the very error that is to be shown. */
function wellFormed(env: Io['env']): Io['env'] {
  const boolean = /^(1|true|yes|on|0|false|no|off)$/i
  const keep = (name: string, valid: RegExp): string | undefined =>
    valid.test(env[name] ?? '') ? env[name] : undefined
  return {
    MIGRATE_JSON: keep('MIGRATE_JSON', boolean),
    MIGRATE_VERBOSE: keep('MIGRATE_VERBOSE', boolean),
    MIGRATE_NO_COLOR: keep('MIGRATE_NO_COLOR', boolean),
    MIGRATE_LOG_FORMAT: keep('MIGRATE_LOG_FORMAT', /^(text|json)$/),
  }
}

/** What stands behind `--` is for somebody else. */
function beforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}

const guessCommand = (argv: readonly string[]): string =>
  argv.find((argument) => !argument.startsWith('-')) ?? 'migrate'

const withoutConfig = (io: Io): LoadedConfig => ({ file: null, base: io.cwd, config: {} })
