import type { LedgerState } from '../ledger/state.ts'
import type { DialectName } from '../planner/catalog.ts'
import type { Hazard } from '../planner/hazards/hazard.ts'
import type { MigrationDefinition } from '../planner/migration.ts'
import type { Phase } from '../planner/steps.ts'
import type { Database } from './address.ts'
import type { RunnerEvent } from './events.ts'
import type { HashedStatement } from './statement-hash.ts'

/** Where the migrations come from: a folder, or values (their names are then given). */
export type MigrationSource =
  | string
  | readonly { readonly name: string; readonly migration: MigrationDefinition }[]
  | Readonly<Record<string, MigrationDefinition>>

/** What {@link createMigrator} takes. Durations are milliseconds. */
export interface MigratorOptions {
  /**
   * `postgres://…`, `mysql://…`, a pool of `pg` or `mysql2`, or a `Kysely` instance. A pool's address and credentials are taken;
   * the migrator opens sessions of its own, and neither uses nor ends those of the pool. Connections of Kysely's are borrowed,
   * and given back as they were.
   */
  readonly database: Database
  readonly migrations?: MigrationSource
  readonly stateSchema?: string
  /** Become this role after connecting: the owner of the tables. */
  readonly setRole?: string
  readonly lockTimeout?: number
  readonly lockBudget?: number
  readonly leaseWait?: number
  /** How long a lease lasts without being renewed; 15 s unless said. */
  readonly leaseTtl?: number
  readonly connectTimeout?: number
  readonly retention?: number
  readonly quietPeriod?: number
  /** Old versions' sessions, by application_name or user: SQL LIKE patterns. */
  readonly oldApp?: readonly string[]
  /** Who may be connected at contract, in the same way; whoever else is closes the gate. */
  readonly allowApp?: readonly string[]
  readonly throughPooler?: ThroughPooler
  /**
   * Database users of the old version whom contract locks out of the server first, ending their sessions; a rollback of contract lets
   * them in again.
   */
  readonly fence?: readonly string[]
  /** How long the backfill has to be over before contract. */
  readonly minAge?: number
  /** Gates that are advisory unless they are named here: `prepared`, `transactions`, `consumers`, `statements`, `check`, `heartbeats`. */
  readonly requireGate?: readonly string[]
  /** Which pods there are, as `kubectl get pods -o json` tells it: the gate `pods` goes by it. Read anew at each look. */
  readonly evidenceFile?: string | null
  /** How old that may be; 5 minutes unless said. */
  readonly evidenceMaxAge?: number
  /**
   * What the versions of the app run: the one that is there, and the one to come. On MySQL and MariaDB it is decided from them when a
   * new column is seen by statements that do not list their columns.
   */
  readonly statements?: { readonly old: readonly string[]; readonly new: readonly string[] }
  /** Where the versions of apps run that are meant, by the name that they were registered under; `default` unless said. */
  readonly environment?: string
  /** How long a version that was retired may come back, and counts as an old one; 24 hours unless said. */
  readonly rollbackWindow?: number
  /** `expand` refuses (3) what has no recorded check that passed, of this plan and the versions that count; a check records itself. */
  readonly requireCheck?: boolean
  /** Versions that count where none is registered as old, or as new. */
  readonly lists?: readonly {
    readonly role: 'old' | 'new'
    readonly app: string
    readonly version: string
    readonly statements: readonly HashedStatement[]
  }[]
  /** `contract` hides the old shape on trial for so many milliseconds, where it hides one: see {@link ContractOptions}. */
  readonly brownOut?: number
  /** Who runs this, for the history. */
  readonly actor?: string
  readonly appVersion?: string
  readonly gitRevision?: string
  readonly password?: () => string | Promise<string>
  readonly onEvent?: (event: RunnerEvent) => void
  readonly signal?: AbortSignal
}

/**
 * How apps come through a transaction pooler, whose sessions tell nothing of the versions behind it: each version with a user of its
 * own, by which it is told, or not.
 */
export type ThroughPooler = (typeof throughPoolers)[number]
/** The values of {@link ThroughPooler}. */
export const throughPoolers = ['shared-users', 'user-per-version'] as const

/** A lock that a statement takes. */
export interface LockView {
  readonly relation: string
  readonly mode: string
  readonly blocksReads: boolean
  readonly blocksWrites: boolean
}

/** A step as `plan` prints it. */
export interface StepView {
  readonly id: string
  readonly kind: string
  readonly description: string
  readonly statements: readonly string[]
  /** What the author gave to find out, before it runs, whether it is done. */
  readonly probe?: string
  /** What the server may be asked instead of one of them, where it refuses to do it so. */
  readonly otherwise?: readonly { readonly of: string; readonly statements: readonly string[] }[]
  readonly transaction: boolean
  readonly locks: readonly LockView[]
  readonly rewrites: boolean
  readonly scans: boolean
  readonly reversible: boolean
}

/** From when on a migration cannot be taken back, or not whole. */
export interface PointOfNoReturn {
  readonly phase: Phase | 'rollback'
  /** The step that it comes with; null where it comes with none. */
  readonly step: string | null
  readonly when: string
  readonly why: string
  /** What a rollback before that may lose; it says so beforehand, and refuses. */
  readonly untilThen: string
  /** It lies behind. */
  readonly passed: boolean
}

/** One migration's plan, for people and `--json`. */
export interface PlanView {
  readonly name: string
  readonly checksum: string
  readonly state: LedgerState
  readonly phases: Readonly<Record<Phase, readonly StepView[]>>
  readonly hazards: readonly Hazard[]
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[]
  /** From which state on the new version may be deployed. */
  readonly newVersionReady: 'expanded' | 'backfilled' | 'contracted'
  readonly pointsOfNoReturn: readonly PointOfNoReturn[]
}

/** Result of {@link Migrator.plan}. */
export interface PlanResult {
  readonly migrations: readonly PlanView[]
  /** Session settings and probes, which run beside the statements. */
  readonly session: readonly string[]
  /**
   * What an unnamed command leaves out, migrations that were rolled back and have no file any more; and whom contract locks out first,
   * where the migrator was told to.
   */
  readonly notices?: readonly string[]
}

/** What one command did to one migration. */
export interface Outcome {
  readonly name: string
  readonly from: LedgerState
  readonly state: LedgerState
  readonly steps: number
  readonly rows?: number
  readonly quarantinedUntil?: string | null
  /** What was seen while the old shape was hidden on trial. */
  readonly brownOut?: BrownOutView
  readonly notices: readonly string[]
}

/** Something that grew in a brown-out. */
export interface BrownOutCount {
  readonly what: string
  readonly count: number
  /** It named the old shape. Otherwise it may be anything. */
  readonly sure: boolean
}

/** What a brown-out saw; also in the details of the error `brown-out.used`. */
export interface BrownOutView {
  readonly seconds: number
  readonly looks: number
  readonly counted: readonly BrownOutCount[]
}

/** Result of the commands that run phases. With `dryRun`, nothing was done and `plan` shows what would run. */
export interface RunResult {
  readonly dryRun: boolean
  readonly migrations: readonly Outcome[]
  readonly plan?: PlanResult
  /** As those of {@link PlanResult}. */
  readonly notices?: readonly string[]
}

/** The gates of contract. */
export const gateNames = [
  'backfill',
  'verification',
  'file',
  'objects',
  'dependents',
  'conversion-failures',
  'violations',
  'legacy-writes',
  'sessions',
  'minimum-age',
  'prepared',
  'transactions',
  'consumers',
  'statements',
  'check',
  'heartbeats',
  'pods',
  'brown-out',
] as const

/** One gate of contract. */
export interface Gate {
  readonly name: (typeof gateNames)[number]
  /** `failed` and `unknown` close it. `advisory` would, if `requireGate` named it; `forced` does not, by consent. */
  readonly status: 'ok' | 'failed' | 'unknown' | 'not-applicable' | 'advisory' | 'forced'
  readonly reason: string
  readonly hint: string | null
  readonly retryAfterSeconds: number | null
}

/** Somebody else who is connected. */
export interface SessionView {
  /** Null where the server does not tell. */
  readonly applicationName: string | null
  /** The connection attribute `app_version` (MySQL, MariaDB), where it has one. */
  readonly version?: string
  readonly user: string
  readonly since: string
  readonly count: number
}

/** Result of {@link Migrator.ready}. */
export interface ReadyResult {
  readonly migrations: readonly {
    readonly name: string
    readonly ready: boolean
    readonly gates: readonly Gate[]
    readonly sessions: readonly SessionView[]
    /** Whom contract would lock out first, and how many sessions of them there are. */
    readonly fence?: { readonly users: readonly string[]; readonly sessions: number }
    /** Null when `oldApp` named the old version and nobody of it is connected. */
    readonly readersNotice: string | null
    readonly pointsOfNoReturn: readonly PointOfNoReturn[]
  }[]
}

/** Result of {@link Migrator.verify}: per lens, how many rows were compared and the keys of some that differ. */
export interface VerifyResult {
  readonly migrations: readonly {
    readonly name: string
    readonly lenses: readonly {
      readonly table: string
      readonly columns: readonly string[]
      readonly rows: number
      readonly mismatches: number
      readonly keys: readonly string[]
    }[]
    readonly objects: readonly { readonly name: string; readonly problem: string }[]
    readonly ok: boolean
  }[]
}

/** One migration in {@link StatusResult}. */
export interface MigrationStatus {
  readonly name: string
  readonly state: LedgerState
  readonly checksum: string
  readonly phase: {
    readonly name: Phase | 'rollback' | null
    readonly stepsDone: number
    readonly stepsTotal: number
    readonly startedAt: string | null
  }
  readonly backfill: {
    readonly rowsDone: number
    readonly rowsTotal: number
    readonly percent: number
    readonly rowsPerSecond: number
    readonly etaSeconds: number | null
    readonly paused: boolean
  } | null
  readonly quarantinedUntil: string | null
  readonly conversionFailures: number
  readonly ageSeconds: number | null
  readonly error: string | null
  /** The old shape is hidden on trial. `watched`: a runner holds the lease; otherwise contract or rollback brings it back. */
  readonly brownOut?: { readonly startedAt: string; readonly seconds: number; readonly watched: boolean }
  /** Whom contract has locked out, since when. `left`: it has not ended, and no runner holds the lease. */
  readonly fence?: { readonly since: string; readonly accounts: readonly string[]; readonly left: boolean }
  /** It was rolled back, and its file is not in the folder: unnamed commands leave it out. */
  readonly gone?: true
}

/** Result of {@link Migrator.status}. */
export interface StatusResult {
  readonly database: string
  readonly dialect: DialectName
  readonly server: string
  readonly lease: readonly { readonly name: string; readonly holder: string; readonly expiresAt: string }[]
  readonly migrations: readonly MigrationStatus[]
}

/** One row of {@link HistoryResult}. */
export interface HistoryEntry {
  readonly migration: string
  readonly phase: string
  readonly step: string
  readonly state: string
  readonly statements: readonly string[]
  readonly attempts: number
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly milliseconds: number | null
  readonly actor: string
  readonly host: string
  readonly toolVersion: string
  readonly appVersion: string | null
  readonly gitRevision: string | null
  readonly error: string | null
}

/** Result of {@link Migrator.history}. */
export interface HistoryResult {
  readonly steps: readonly HistoryEntry[]
  readonly events: readonly {
    readonly at: string
    readonly migration: string | null
    readonly kind: string
    readonly detail: string
    readonly actor: string
  }[]
}

/** One line of {@link DoctorResult}. */
export interface DoctorCheck {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
  readonly hint: string | null
}

/** Result of {@link Migrator.doctor}. */
export interface DoctorResult {
  readonly server: string
  readonly node: string
  readonly version: string
  readonly checks: readonly DoctorCheck[]
}

/** Result of {@link Migrator.repair}. */
export interface RepairResult {
  readonly dryRun: boolean
  readonly findings: readonly { readonly problem: string; readonly action: string; readonly done: boolean }[]
}

/** A plan kept in a file by `plan --out`, and run by `expand --plan`. */
export interface PlanFile {
  readonly format: 1
  readonly plans: readonly unknown[]
}

interface Named {
  /** Only this migration; without it, every one in the right state, in order. */
  readonly name?: string
}

interface Runs extends Named {
  readonly dryRun?: boolean
  /** Ids of `stop` hazards that are accepted. */
  readonly accept?: readonly string[]
}

/** What {@link Migrator.wait} takes. Durations are milliseconds. */
export interface WaitOptions extends Named {
  readonly for: 'expanded' | 'backfilled' | 'contracted'
  readonly timeout?: number
  readonly interval?: number
  /** Replicas that have to have replayed it too. */
  readonly replicas?: readonly Database[]
}

/** Result of {@link Migrator.wait}. */
export interface WaitResult extends StatusResult {
  /** Those that were asked for; all of them have replayed it. */
  readonly replicas?: readonly ReplicaStatus[]
}

/** A replica that was waited for. */
export interface ReplicaStatus {
  /** Which one it is, and its address. */
  readonly name: string
  /** It is the database itself. */
  readonly same: boolean
  /** How far it is behind what the primary writes; null where the server does not tell. */
  readonly lagSeconds: number | null
  readonly lagBytes: number | null
}

/** Every command as a function. Nothing here ends the process or writes to the console. Close it when done. */
export interface Migrator {
  /** Throws exit 3 when the server is not one we can plan for. With `catalog`, no database is needed. */
  plan(options?: Named & { readonly catalog?: unknown }): Promise<PlanResult>
  /** The plans as a file for `expand({ planFile })`. */
  planFile(options?: Named & { readonly catalog?: unknown }): Promise<PlanFile>
  /** The plan as a script that can be run by hand. */
  planSql(options?: Named & { readonly catalog?: unknown }): Promise<string>
  expand(
    options?: Runs & {
      readonly backfill?: boolean
      readonly planFile?: unknown
      /** Left out, it is as configured, and a rule that is enforced before contract asks for it. */
      readonly requireCheck?: boolean
    } & BackfillOptions,
  ): Promise<RunResult>
  backfill(options?: Runs & BackfillOptions): Promise<RunResult>
  verify(options?: Named): Promise<VerifyResult>
  ready(options?: Named & GateOptions): Promise<ReadyResult>
  contract(options?: Runs & GateOptions & ContractOptions): Promise<RunResult>
  purge(options?: Runs & { readonly ignoreRetention?: boolean }): Promise<RunResult>
  rollback(
    options?: Runs & {
      readonly all?: boolean
      readonly acceptLoss?: boolean
      readonly reason?: string
      readonly quietPeriod?: number
      readonly forceGates?: readonly string[]
    },
  ): Promise<RunResult>
  /** All phases of everything pending, without waiting. Exit 3 while others use a non-empty database. */
  up(options?: Runs & { readonly allowTraffic?: boolean; readonly requireCheck?: false }): Promise<RunResult>
  status(options?: Named): Promise<StatusResult>
  history(options?: Named): Promise<HistoryResult>
  /** Waits, read-only, until the migrations have reached the state; exit 75 when the time is over. */
  wait(options: WaitOptions): Promise<WaitResult>
  pause(options?: Named): Promise<{ readonly migrations: readonly string[] }>
  resume(options?: Named): Promise<{ readonly migrations: readonly string[] }>
  /** `done` and `undone` are steps of the named migration of which only a person can say whether they are done. */
  repair(
    options?: Named & {
      readonly dryRun?: boolean
      readonly done?: readonly string[]
      readonly undone?: readonly string[]
    },
  ): Promise<RepairResult>
  /** Records that everything up to this migration is already in the database. */
  baseline(options: { readonly name: string; readonly dryRun?: boolean }): Promise<RunResult>
  /** The live catalog, for planning without a database. */
  catalog(): Promise<unknown>
  doctor(): Promise<DoctorResult>
  /** Walks through the phases one by one, for tests: yields after each state that was reached. */
  walk(options?: Named): AsyncGenerator<{ readonly name: string; readonly state: LedgerState }>
  close(): Promise<void>
}

/** How fast a backfill goes. */
export interface BackfillOptions {
  /** Milliseconds that one batch should take. */
  readonly batchTime?: number
  /** Rows a second at most. */
  readonly maxRate?: number
  /**
   * How many batches are filled at the same time, each on a session of its own; 1 unless said, at most 16. They are committed in the
   * order of their keys. With `maxRate` it is one.
   */
  readonly parallel?: number
  /** Milliseconds after which it stops with exit 75, everything saved. */
  readonly maxDuration?: number
}

/** What decides whether contract may run. */
export interface GateOptions {
  readonly quietPeriod?: number
  readonly oldApp?: readonly string[]
  readonly allowApp?: readonly string[]
  readonly throughPooler?: ThroughPooler
  readonly fence?: readonly string[]
  readonly minAge?: number
  /** Gates that are advisory unless they are named here: `prepared`, `transactions`, `consumers`, `statements`, `check`, `heartbeats`. */
  readonly requireGate?: readonly string[]
  /** Null: none, whatever the migrator was given. */
  readonly evidenceFile?: string | null
  readonly evidenceMaxAge?: number
  /** `prepared`, `transactions`, `consumers`: opens that gate, and is recorded. `other-failures`: see `brownOut`. */
  readonly accept?: readonly string[]
}

/** How contract behaves. */
export interface ContractOptions {
  readonly retention?: number
  /** Keeps trying for so many milliseconds until the gates open. */
  readonly wait?: number
  /**
   * Hides the old shape for so many milliseconds on trial, and brings it back where somebody still uses it (5, `brown-out.used`). Exit 3
   * where contract hides nothing, or it could not be taken back for sure. 0 for none, whatever the options of the migrator say.
   */
  readonly brownOut?: number
  readonly forceGates?: readonly string[]
  readonly reason?: string
}
