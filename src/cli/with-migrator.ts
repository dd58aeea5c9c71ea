import { resolve } from 'node:path'
import { usageError } from '../errors.ts'
import type { DialectName } from '../planner/catalog.ts'
import {
  type BackfillOptions,
  type GateOptions,
  type Migrator,
  type MigratorOptions,
  type ThroughPooler,
  throughPoolers,
} from '../runner/api.ts'
import { refuseParallel } from '../runner/parallel.ts'
import { appStatements, configuredVersions } from './app-statements.ts'
import { resolveDatabase } from './database.ts'
import { type Defined, defined } from './defined.ts'
import { hasPassword } from './redact.ts'
import type { Session } from './session.ts'

/** How a command plans: without a database, and for which dialect; one that does not plan says nothing. */
interface Plans {
  readonly offline?: boolean
  readonly dialect?: DialectName | 'by url' | undefined
}

/**
 * What the programmatic API is given, from flags, environment and config.
 *
 * @throws BellowsError exit 2 when no database is named or a setting is not valid.
 */
export async function migratorOptions(session: Session, { offline = false, dialect }: Plans): Promise<MigratorOptions> {
  const { settings, config, output, io } = session
  const database = offline ? 'postgres:///' : await databaseUrl(session)
  // Only on these is anything decided from what the app runs.
  const asks = dialect === 'by url' ? /^(mysql|mariadb):/i.test(database) : dialect === 'mysql' || dialect === 'mariadb'
  const requireCheck = settings.flag('requireCheck') ? true : undefined
  return defined({
    database,
    requireCheck,
    lists: requireCheck === true && dialect === 'by url' ? await configuredVersions(session, database) : undefined,
    rollbackWindow: settings.duration('rollbackWindow'),
    statements: asks ? await appStatements(session) : undefined,
    migrations: migrationsFolder(session),
    stateSchema: settings.text('stateSchema'),
    setRole: settings.text('setRole'),
    lockTimeout: settings.duration('lockTimeout'),
    lockBudget: settings.duration('lockBudget'),
    leaseWait: settings.duration('leaseWait'),
    leaseTtl: settings.duration('leaseTtl'),
    connectTimeout: settings.duration('connectTimeout'),
    retention: settings.duration('retention'),
    brownOut: settings.duration('brownOut'),
    ...evidenceOptions(session),
    environment: settings.text('environment'),
    actor: settings.text('actor'),
    appVersion: settings.text('appVersion'),
    gitRevision: settings.text('gitRevision'),
    password: config.config.password,
    onEvent: output.event,
    signal: io.signal,
  })
}

/** The URL, hidden from all output from here on; in the arguments, where everybody sees it, it gets a warning. */
export async function databaseUrl({ settings, io, config, output }: Session): Promise<string> {
  const { url, from } = await resolveDatabase(settings, io.env, config.base, io.cwd)
  output.hide(url)
  if (from === '--database-url' && hasPassword(url)) {
    output.warn('the password in --database-url shows in the process list; use DATABASE_URL or --database-url-file')
  }
  return url
}

/** Relative to the config file when that names it, to where we are otherwise. */
export function migrationsFolder({ settings, config, io }: Session): string {
  const setting = settings.find('dir')
  if (setting === undefined) return resolve(config.base, 'migrations')
  return resolve(setting.from === 'config' ? config.base : io.cwd, String(setting.value))
}

/** Gives the body a migrator, and closes it whatever happens. Loaded only here: `--help` needs no driver. */
export async function withMigrator<T>(
  session: Session,
  body: (migrator: Migrator) => Promise<T>,
  plans: Plans = {},
): Promise<T> {
  const options = await migratorOptions(session, plans)
  const { createMigrator } = await import('../runner/migrator.ts')
  const migrator = createMigrator(options)
  try {
    return await body(migrator)
  } finally {
    await migrator.close()
  }
}

/** The flags of every command that runs a phase. */
export function runOptions(
  { settings }: Session,
  name: string | undefined,
): Defined<{
  name: string | undefined
  dryRun: boolean
  accept: readonly string[] | undefined
}> {
  return defined({ name, dryRun: settings.flag('dryRun'), accept: some(settings.list('accept')) })
}

/** @throws BellowsError exit 2 for more workers than there can be. */
export function paceOptions({ settings }: Session): BackfillOptions {
  const options = defined({
    batchTime: settings.duration('batchTime'),
    maxRate: settings.count('maxRate'),
    parallel: settings.count('parallel'),
    maxDuration: settings.duration('maxDuration'),
  })
  refuseParallel(options)
  return options
}

/** What decides whether the old version is gone. */
export function gateOptions(session: Session): GateOptions {
  return { ...evidenceOptions(session), ...defined({ accept: some(session.settings.list('accept')) }) }
}

function evidenceOptions(session: Session): Omit<GateOptions, 'accept'> {
  const { settings } = session
  return defined({
    quietPeriod: settings.duration('quietPeriod'),
    oldApp: some(settings.list('oldApp')),
    allowApp: some(settings.list('allowApp')),
    throughPooler: throughPooler(settings),
    fence: some(settings.list('fence')),
    minAge: settings.duration('minAge'),
    // A flag asks for more, and takes nothing away of what the policy asks for.
    requireGate: some([...new Set([...settings.policy('requireGate'), ...settings.list('requireGate')])]),
    evidenceFile: evidenceFile(session),
    evidenceMaxAge: settings.duration('evidenceMaxAge'),
  })
}

/** Relative to the config file when that names it, to where we are otherwise. */
function evidenceFile({ settings, config, io }: Session): string | undefined {
  const setting = settings.find('evidenceFile')
  if (setting === undefined) return undefined
  return resolve(setting.from === 'config' ? config.base : io.cwd, String(setting.value))
}

/** @throws BellowsError exit 2 for what is none of its values. */
function throughPooler(settings: Session['settings']): ThroughPooler | undefined {
  const setting = settings.find('throughPooler')
  if (setting === undefined) return undefined
  const found = throughPoolers.find((each) => each === setting.value)
  if (found !== undefined) return found
  throw usageError(
    'usage.choice',
    `${setting.name}: \`${String(setting.value)}\` is none of ${throughPoolers.join(', ')}`,
  )
}

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list)
