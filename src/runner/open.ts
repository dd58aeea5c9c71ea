import { hostname, userInfo } from 'node:os'
import type { Dialect, Session } from '../dialects/dialect.ts'
import { refused, usageError } from '../errors.ts'
import { type Apps, openApps } from '../ledger/apps.ts'
import { type Checks, openChecks } from '../ledger/checks.ts'
import { type Lease, type LeaseOptions, takeLease } from '../ledger/lease.ts'
import { openLedger } from '../ledger/ledger.ts'
import type { Ledger } from '../ledger/records.ts'
import type { Actor, MigrationRow } from '../ledger/tables.ts'
import { fromValues } from '../migrations/from-values.ts'
import { loadMigrations } from '../migrations/load.ts'
import type { Catalog } from '../planner/catalog.ts'
import type { Migration } from '../planner/migration.ts'
import { addressOf, dialectAt } from './address.ts'
import type { BackfillOptions, MigratorOptions } from './api.ts'
import { type Emit, emitter } from './events.ts'
import { endLanes, lanesUnder } from './lanes.ts'
import type { Looking, Run } from './run.ts'
import { toolVersion } from './version.ts'

/** Everything that the verbs share: opened when first needed, closed once. */
export interface Environment {
  readonly options: MigratorOptions
  readonly stateSchema: string
  readonly emit: Emit
  readonly signal: AbortSignal | null
  dialect(): Promise<Dialect>
  /** The session that works. */
  worker(): Promise<Session>
  /** The session that renews leases and watches blockers. */
  observer(): Promise<Session>
  /** Another session, which whoever asked for it closes. */
  session(role: string): Promise<Session>
  ledger(): Promise<Ledger>
  /** The ledger as another session sees it. */
  ledgerOn(session: Session): Promise<Ledger>
  /** The versions of apps that the database knows, to be read. */
  apps(): Promise<Apps>
  /** The same to be written: the state tables are made where they are not there. */
  writingApps(): Promise<Apps>
  /** The checks that are recorded, to be read. */
  checks(): Promise<Checks>
  /** The same to be written. */
  writingChecks(): Promise<Checks>
  catalog(): Promise<Catalog>
  /** The files, in order; none when no folder was given. */
  files(): Promise<readonly Migration[]>
  /** What the ledger knows; nothing when it is not there yet. */
  rows(): Promise<readonly MigrationRow[]>
  /** For what changes nothing: no lease is taken, and the state tables are not made. */
  looking(): Promise<Looking>
  /** Runs the body with the lease held, and gives it back whatever happens. */
  withLease<T>(name: string, speed: BackfillOptions, body: (run: Run) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const defaults = {
  lockTimeout: 500,
  lockBudget: 600_000,
  leaseWait: 60_000,
  connectTimeout: 30_000,
  leaseTtl: 15_000,
} as const

/** The environment of one migrator. */
export function openEnvironment(options: MigratorOptions): Environment {
  const stateSchema = options.stateSchema ?? 'bellows'
  const emit = emitter(options.onEvent)
  const signal = options.signal ?? null
  const address = addressOf(options.database)
  const connectTimeout = options.connectTimeout ?? defaults.connectTimeout
  const opened: {
    dialect?: Promise<Dialect>
    worker?: Promise<Session>
    observer?: Promise<Session>
    files?: Promise<readonly Migration[]>
  } = {}
  const actor: Actor = {
    actor: options.actor ?? osUser(),
    host: hostname(),
    toolVersion,
    appVersion: options.appVersion ?? null,
    gitRevision: options.gitRevision ?? null,
  }
  const connect = async (role: string): Promise<Session> => {
    const session = await (await environment.dialect()).connect({
      ...address,
      applicationName: `bellows/${role}`,
      setRole: options.setRole ?? null,
      connectTimeout,
      password: options.password ?? null,
      signal,
    })
    emit({ kind: 'connected', role })
    return session
  }
  const environment: Environment = {
    options,
    stateSchema,
    emit,
    signal,
    dialect: () => {
      opened.dialect ??= dialectAt(address, connectTimeout)
      return opened.dialect
    },
    worker: () => {
      opened.worker ??= connect('worker')
      return opened.worker
    },
    observer: () => {
      opened.observer ??= connect('observer')
      return opened.observer
    },
    session: connect,
    ledger: async () => environment.ledgerOn(await environment.worker()),
    ledgerOn: async (session) => openLedger(await environment.dialect(), session, stateSchema, actor),
    apps: async () =>
      openApps(await environment.dialect(), await environment.worker(), await environment.ledger(), actor),
    writingApps: async () => {
      await forWriting(environment)
      return environment.apps()
    },
    checks: async () =>
      openChecks(await environment.dialect(), await environment.worker(), await environment.ledger(), actor),
    writingChecks: async () => {
      await forWriting(environment)
      return environment.checks()
    },
    catalog: async () => (await environment.dialect()).readCatalog(await environment.worker(), stateSchema),
    files: () => {
      opened.files ??= readFiles(options)
      return opened.files
    },
    rows: async () => {
      const ledger = await environment.ledger()
      return (await ledger.exists()) ? ledger.migrations() : []
    },
    looking: async () => ({
      dialect: await environment.dialect(),
      worker: await environment.worker(),
      observer: await environment.observer(),
      ledger: await environment.ledger(),
      stateSchema,
      lockTimeout: options.lockTimeout ?? defaults.lockTimeout,
      lockBudget: options.lockBudget ?? defaults.lockBudget,
      speed: {},
      emit,
      signal,
    }),
    withLease: (name, speed, body) => withLease(environment, actor, name, speed, body),
    close: async () => {
      for (const session of [opened.worker, opened.observer]) {
        await session?.then((found) => found.close()).catch(() => undefined)
      }
    },
  }
  return environment
}

/** What is no work on tables needs no lease, but the state tables. */
async function forWriting(environment: Environment): Promise<void> {
  await (await environment.dialect()).refuseServer(await environment.worker())
  await warnOfStateTables(environment)
  await (await environment.ledger()).ensure()
}

/** Only `expand` asks for consent: it is not always the first that makes them. */
async function warnOfStateTables({ dialect, worker, stateSchema, emit }: Environment): Promise<void> {
  for (const { code, message } of await (await dialect()).stateTableReaders(await worker(), stateSchema))
    emit({ kind: 'warning', message: `${code}: ${message}` })
}

async function withLease<T>(
  environment: Environment,
  actor: Actor,
  name: string,
  speed: BackfillOptions,
  body: (run: Run) => Promise<T>,
): Promise<T> {
  const { options, emit, signal, stateSchema } = environment
  const looking = await environment.looking()
  await looking.dialect.refuseServer(looking.worker)
  await warnOfStateTables(environment)
  await looking.ledger.ensure()
  const leaseOptions = (lease: string): LeaseOptions => ({
    dialect: looking.dialect,
    schema: stateSchema,
    worker: looking.worker,
    renewer: looking.observer,
    holder: `${actor.actor}@${actor.host} pid ${process.pid}`,
    host: actor.host,
    ttl: options.leaseTtl ?? defaults.leaseTtl,
    wait: options.leaseWait ?? defaults.leaseWait,
    signal,
    onWaiting: (holder) => emit({ kind: 'waiting', what: `lease ${lease}`, reason: `held by ${holder}` }),
    onState: (state) => emit({ kind: 'lease', lease, state }),
  })
  const take = (lease: string): Promise<Lease> => takeLease(lease, leaseOptions(lease))
  const lease = await take(name)
  const lanes = lanesUnder({
    lease: name,
    leaseOptions,
    connect: () => environment.session('worker'),
    ledgerOn: (session) => openLedger(looking.dialect, session, stateSchema, actor),
    emit,
  })
  const run: Run = {
    ...looking,
    speed,
    lease,
    openLanes: lanes.open,
    // The trigger function of a table is made from the lenses of all migrations: only one runner at a time may do that.
    forDdl: async (inner) => {
      if (name === 'ddl') return inner(run)
      const ddl = await take('ddl')
      try {
        const under: Run = { ...run, lease: ddl, forDdl: (body) => body(under) }
        return await inner(under)
      } finally {
        await ddl.release()
      }
    },
  }
  try {
    if (name !== 'ddl') await endLanes(name, leaseOptions)
    return await body(run)
  } finally {
    await lanes.close()
    await lease.release()
  }
}

function readFiles(options: MigratorOptions): Promise<readonly Migration[]> {
  if (options.migrations === undefined) return Promise.resolve([])
  if (typeof options.migrations === 'string') return loadMigrations(options.migrations)
  return Promise.resolve(fromValues(options.migrations))
}

function osUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a uid that has no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** Used where a name is given: it has to be known somewhere. */
export function unknownMigration(name: string): Error {
  return usageError('migration.unknown', `there is no migration ${name}, neither in the folder nor in the ledger`, {
    hint: 'migrate status lists them.',
  })
}

/** Used where the order of the phases is wrong. */
export function wrongOrder(message: string, hint: string): Error {
  return refused('phase.order', message, { hint })
}
