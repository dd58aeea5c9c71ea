import type { Compilable, InsertQueryBuilder, Kysely, RawBuilder, SelectQueryBuilder } from 'kysely'
import type { Catalog, DialectName, PolicyRules, TableRef } from '../planner/catalog.ts'
import type { Hazard } from '../planner/hazards/hazard.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Arrange, Plan } from '../planner/plan.ts'
import type { Action, SyncMode, ViewSpec } from '../planner/steps.ts'
import type { BrownOutDialect } from './brown-out.ts'
import type { FenceDialect } from './fence.ts'
import type { ReadStatistics } from './statement-use.ts'

/** A statement with its bound values. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** A lock that a statement takes, in the engine's words. */
export interface Lock {
  readonly relation: string
  readonly mode: string
  readonly blocksReads: boolean
  readonly blocksWrites: boolean
}

/** A statement of a step, with what it does to others. */
export interface StepStatement extends Statement {
  readonly locks: readonly Lock[]
  readonly rewrites: boolean
  readonly scans: boolean
  /** What the server is asked instead where it refuses to do it so, one after the other. */
  readonly otherwise?: readonly string[]
  /** Sent again where the action is found done: it comes after what the probe sees, and a runner may have died between the two. */
  readonly again?: true
}

/** A lens that is in force on a table, by the ledger. */
export interface ActiveLens {
  readonly lens: Lens
  readonly mode: SyncMode
  /** Its columns are about to change their names; see the action `sync`. */
  readonly bearsRename?: true
}

/** What compiling an action may need to know: our schema, and the lenses of all migrations in flight. */
export interface CompileContext {
  readonly stateSchema: string
  readonly active: readonly ActiveLens[]
}

/** A definition of the user's that names a column which changes its type under its name. */
export type Definition =
  | { readonly kind: 'view'; readonly view: ViewSpec }
  | { readonly kind: 'policy'; readonly table: TableRef; readonly name: string; readonly rules: PolicyRules }
  | {
      readonly kind: 'statistics'
      readonly table: TableRef
      readonly statistics: TableRef
      readonly expressions: readonly string[]
    }

/** How a definition is looked at. */
export interface Look {
  readonly stateSchema: string
  readonly lockTimeout: number
  /** Columns that have another name since it was written, and the one they had. */
  readonly renames: readonly { readonly table: TableRef; readonly from: string; readonly to: string }[]
}

/** Rows of a result; numbers that may not fit are strings. */
export interface Result<Row> {
  readonly rows: readonly Row[]
  readonly rowCount: number
}

/** One connection, used by one thing at a time. */
export interface Session {
  /** Runs one statement. Errors come as BellowsError with the driver's error as cause. */
  query<Row = Record<string, unknown>>(statement: Statement): Promise<Result<Row>>
  /** Runs the body in a transaction; rolls back and rethrows when it throws. */
  transaction<T>(body: () => Promise<T>): Promise<T>
  /** Backend id and start, by which another runner knows this session. */
  readonly identity: { readonly pid: number; readonly startedAt: string }
  /** False after the connection broke. */
  readonly alive: boolean
  close(): Promise<void>
}

/** A session of somebody else's pool. It goes back as it came. */
export interface Lent {
  /** The query is text, or what else the driver understands. */
  query(query: string | object, values: readonly unknown[]): Promise<LentResult>
  giveBack(): void
}

/** What a lent session answers; `affected` is null where no rows were written. */
export interface LentResult {
  readonly rows: readonly unknown[]
  readonly affected: number | null
}

/** Where and how to connect. */
export interface ConnectOptions {
  readonly url: string
  /** Settings of the driver, for what the URL does not say: those of an app's pool. */
  readonly driver?: Readonly<Record<string, unknown>>
  /** Takes the place of connecting: waits for so many milliseconds until the pool has a session for us. */
  readonly lend?: (milliseconds: number) => Promise<Lent>
  readonly applicationName: string
  readonly setRole: string | null
  readonly connectTimeout: number
  readonly password: (() => string | Promise<string>) | null
  readonly signal: AbortSignal | null
}

/** Walking a table by its key, in ranges (from, to]. Keys travel as text. */
export interface RangeStatements {
  /** The greatest key now; rows after it are the trigger's. */
  readonly last: () => Statement
  /** The key that ends the next range of so many rows; no row where fewer are left. */
  readonly boundary: (from: readonly string[] | null, to: readonly string[], rows: number) => Statement
  /** How many `rows` a range has. */
  readonly count: (from: readonly string[] | null, to: readonly string[]) => Statement
}

/** The state tables of a dialect: how they are made, and the words for the server's clock. */
export interface StateDialect {
  /** Compiles queries about the state tables without a server. */
  // biome-ignore lint/suspicious/noExplicitAny: the ledger gives the tables their types
  readonly queries: (schema: string) => Kysely<any>
  /** The name of a state table in those queries. */
  readonly table: (schema: string, name: string) => string
  /** An INSERT that changes these columns where the key is there already; without any it leaves the row as it is. */
  readonly upsert: (
    // biome-ignore lint/suspicious/noExplicitAny: as above
    insert: InsertQueryBuilder<any, any, any>,
    keys: readonly string[],
    set: Readonly<Record<string, unknown>>,
  ) => Compilable
  /** A SELECT that holds on to its rows until the transaction ends: others may read and renew them, and not delete them. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly hold: (select: SelectQueryBuilder<any, any, any>) => Compilable
  /** The server's clock, now, not at the start of the transaction. */
  readonly now: RawBuilder<Date>
  /** The server's clock, so many milliseconds from now. */
  readonly fromNow: (milliseconds: number) => RawBuilder<Date>
  /** A moment as ISO 8601 text in UTC. */
  readonly iso: (column: string) => RawBuilder<string | null>
  /** The server's clock as ISO 8601 text in UTC. */
  readonly isoNow: () => RawBuilder<string>
  /** Makes the tables; each may be run again. */
  readonly create: (schema: string) => readonly Statement[]
  /** Brings tables of an older layout to that of today, the version last; each may be run again. */
  readonly upgrade: (schema: string, from: number) => readonly Statement[]
  /** Around looking for others' tables and making ours, where one that another runner is just making may look like theirs. */
  readonly turn: { readonly take: readonly Statement[]; readonly give: readonly Statement[] }
  /** Returns the `name` of what has that of a state table of a later layout than the one that is there, and is none. */
  readonly foreign: (schema: string, layout: number) => Statement
  /** Returns `version`, no row when there are no tables; `hold` keeps others from changing it until the transaction or the turn ends. */
  readonly version: (schema: string) => {
    readonly exists: Statement
    readonly read: Statement
    readonly hold: Statement
  }
  /** Where tables have owners: returns `owner`, `role` and `give`, statements, when they are another's and this role may not write them. */
  readonly ofAnother?: (schema: string) => Statement
}

/** Sessions of others, and what they hold. */
export interface SessionDialect {
  /** Settings for one transaction that takes locks. */
  readonly lockSettings: (milliseconds: number) => readonly Statement[]
  /** Around one statement that locks several tables; 0 takes the bound away again. */
  readonly severalLocks: (milliseconds: number) => readonly Statement[]
  /** Settings for work that may take long and blocks nobody. */
  readonly patientSettings: readonly Statement[]
  /** Settings inside the transaction of one batch. */
  readonly batchSettings: (quiet: boolean, bypass: boolean, lockTimeout: number) => readonly Statement[]
  /** Who blocks this backend: `application`, `user`, `since`, `autovacuum`. */
  readonly blockers: (pid: number) => Statement
  /**
   * Is this backend there? Returns a row with `alive`, and `working` where it carries out a change of a table that to end would be
   * to do again: what a client that died had sent goes on in some servers.
   */
  readonly backendAlive: (pid: number, startedAt: string) => Statement
  readonly terminate: (pid: number, startedAt: string) => Statement
  /** Who else uses this database: `application`, `user`, `since`, `count`. */
  readonly others: Statement
  /** Who of them is connected since before this time, or since a time that is hidden: the same columns. */
  readonly olderThan: (time: string) => Statement
  /** When the sides of a lens were last written: `old`, `new` (epoch seconds, 0 for never), `now`. */
  readonly lastWrites: (lens: Lens, schema: string) => Statement
  /** Questions of `migrate doctor`; each returns `status`, `message`, `hint`. */
  readonly doctor: (schema: string) => readonly { readonly name: string; readonly statement: Statement }[]
  /** `now` (ISO), `database`, `dialect`, `server`. */
  readonly whereAmI: Statement
  /** Returns `some`: is there a row at all? */
  readonly hasRows: (table: TableRef) => Statement
  readonly estimate: (table: { readonly schema: string; readonly name: string }) => Statement
}

/** What may still use the old shape, as far as the server tells. A question that fails is one that may not be asked here. */
export interface EvidenceDialect {
  /** Every session of others in this database: `pid`, `started`, `application`, `version`, `user`; null where that is not told. */
  readonly sessions: Statement
  /**
   * Prepared transactions that hold one of these tables: `name`, `user`, `since`, `holds`. Where the server does not tell what they hold
   * all that there are: `data`, their name.
   */
  readonly prepared: (tables: readonly TableRef[]) => Statement
  /** Transactions of others that began before this time, or at one that is hidden: `pid`, `application`, `user`, `since`. */
  readonly transactionsBefore: (time: string) => Statement
  /**
   * Who takes rows of these tables by another way than a query of the app: `name`, and `kind`: `consumer`; `role`, which may read them;
   * `untold`, what the server does not tell of that.
   */
  readonly consumers: (tables: readonly TableRef[]) => Statement
  readonly statements: ReadStatistics
  /**
   * Sessions of others that wrote the old side of a lens in this second (since 1970) or, where the server does not tell, may have: `wrote`,
   * `application`, `version`, `user`; null where that is not told.
   */
  readonly writers: (lens: Lens, second: number, schema: string) => Statement
  /** What lets these be told, where they are not. */
  readonly hints: { readonly sessions: string; readonly transactions: string; readonly consumers: string }
}

/** How far a replica is behind; null where the server does not tell. */
export interface ReplicaLag {
  readonly seconds: number | null
  /** What it has not replayed yet of what the primary had written. */
  readonly bytes: number | null
  /** Why it does not come nearer. */
  readonly trouble: string | null
}

/** Servers that have all from another one, and are read only. */
export interface ReplicaDialect {
  /**
   * Looks whether one server may be a replica of the other: `same` where both sessions are on one.
   *
   * @throws BellowsError exit 2 for one that is none; 3 for one that may show the end of something before its beginning
   */
  readonly compare: (primary: Session, replica: Session) => Promise<{ readonly same: boolean }>
  /** How far the primary has written, for `lag`; null where that is not told. */
  readonly position: (primary: Session) => Promise<string | null>
  readonly lag: (replica: Session, position: string | null) => Promise<ReplicaLag>
}

/** A question about rows: how many violate a rule, and the keys of some. Returns `count`, `keys`. */
export interface Violation {
  readonly table: TableRef
  readonly rule: string
  readonly statement: Statement
}

/** A question about rows: how many hold something that going back would lose. Returns `count`, `keys`. */
export interface LossQuestion {
  readonly table: TableRef
  readonly what: string
  readonly statement: Statement
  /** A person may consent to it: nothing else stands in the way. */
  readonly mayBeLost?: boolean
  /** What is done about it, where that is something else than to change rows. */
  readonly hint?: string
}

/** Some rows, how many of them hold something else than `down` of `up` gives, and the keys of a few as JSON text. */
export interface LossySample {
  readonly rows: number
  readonly lossy: number
  readonly keys: readonly string[]
}

/** A value that could not be converted: the row, as JSON text, and the column that was to be filled. */
export interface FailureKey {
  readonly key: string
  readonly target: string
}

/** A session in the way of a lock. */
export interface Blocker {
  readonly application: string
  readonly user: string
  readonly since: string
  readonly autovacuum: boolean
  /** Null where the server does not tell. */
  readonly pid: number | null
}

/** Actions that belong together, on an engine that ends a transaction with every DDL statement. */
export interface SectionInput {
  readonly worker: Session
  /** A second session: it ends what of the first one waits for too long. */
  readonly observer: Session
  readonly actions: readonly Action[]
  readonly context: CompileContext
  /** Milliseconds. */
  readonly lockTimeout: number
  /** The how manieth try this is, from 1 on. */
  readonly tries: number
  /** Called when the tables are locked and nothing of what follows is done: what it throws ends the section with nothing begun. */
  readonly onLocked?: () => Promise<void>
  /** Called when the locks are had and the first action comes: from here on a failure may leave something half done. */
  readonly onBegun: () => void
  /** Called when the server is asked something else than at first: it refused that, or its lock could not be had. */
  readonly onInstead?: (statement: string, reason: string) => void
}

/** Something of ours that is not as it was left. */
export interface Changed {
  readonly table: TableRef
  readonly object: string
  /**
   * `order`: something of the user's came behind it; `theirs`: the same, where only the user can put it elsewhere; `renamed`: ours under
   * another name, which is in the way of what goes.
   */
  readonly kind: 'gone' | 'other' | 'order' | 'theirs' | 'renamed'
  readonly problem: string
  /** What has to go before ours are made anew. */
  readonly takeAway?: Statement
}

/** What a dialect can do for the runner. Both dialects have the same. */
export interface Dialect {
  readonly name: DialectName
  /** Session settings and look-ups that run beside the statements of a plan (semantics.md 14). */
  readonly beside: readonly string[]
  /** What `migrate doctor` makes of a catalog. */
  readonly judge: (catalog: Catalog) => readonly {
    readonly name: string
    readonly status: 'ok' | 'warn' | 'fail'
    readonly message: string
    readonly hint: string | null
  }[]
  /**
   * Carries out what a step does as one as far as others see, looking first at what is there already. Null where the
   * engine has transactions for that.
   */
  readonly section: ((input: SectionInput) => Promise<void>) | null
  /**
   * Statements that bring back in sync the rows of a range which were written while the trigger may have been away: after a section
   * that was begun twice, and when a trigger is made anew.
   */
  readonly resync: (
    lens: Lens,
    mode: SyncMode,
    from: readonly string[] | null,
    to: readonly string[],
    context: CompileContext,
  ) => readonly Statement[]
  /**
   * Before each phase: refuses (exit 3) what the account or the server no longer lets us do, and tells which triggers of the lenses in
   * force are not as they were left.
   */
  readonly preflight: (session: Session, context: CompileContext) => Promise<readonly Changed[]>
  /** Before the first write: refuses (exit 3) a server whose settings let none of our sessions write. */
  readonly refuseServer: (session: Session) => Promise<void>
  readonly state: StateDialect
  readonly sessions: SessionDialect
  readonly evidence: EvidenceDialect
  readonly fence: FenceDialect
  readonly replicas: ReplicaDialect
  /**
   * What a plan means for those that take its tables' rows elsewhere, where there are some now: replicas, consumers of changes.
   * Refuses (exit 3) what the server would not do because of them.
   */
  readonly readers: (
    session: Session,
    plan: Plan,
    about: { readonly catalog: Catalog; readonly stateSchema: string },
  ) => Promise<readonly Hazard[]>
  /** The same of making the state tables, as long as they are not there. */
  readonly stateTableReaders: (session: Session, stateSchema: string) => Promise<readonly Hazard[]>
  readonly brownOut: BrownOutDialect
  readonly arrange: Arrange
  /** The statements of an action, in order. */
  readonly compile: (action: Action, context: CompileContext) => readonly StepStatement[]
  readonly connect: (options: ConnectOptions) => Promise<Session>
  readonly readCatalog: (session: Session, stateSchema: string) => Promise<Catalog>
  /** Can this session write without firing the triggers of users? */
  readonly quietTriggers: (session: Session) => Promise<boolean>
  /**
   * What a transaction of the backfill runs so that consumers of changes know it; null where that takes no statement, or nobody could
   * see it.
   */
  readonly backfillMark: (session: Session, migration: string) => Promise<Statement | null>
  /** Is this action's effect there? Asked before anything that no transaction ties to the ledger. */
  readonly probe: (session: Session, action: Action) => Promise<'done' | 'todo' | 'broken'>
  /** What has to be taken away before a broken attempt is made again. */
  readonly mend: (action: Action, context: CompileContext) => readonly StepStatement[]
  readonly ranges: (lens: Lens) => RangeStatements
  /** The updates of one range: fills what is not filled, records what could not be converted. */
  readonly fill: (
    lens: Lens,
    from: readonly string[] | null,
    to: readonly string[],
    context: CompileContext,
  ) => readonly Statement[]
  /** Is this row still one whose value cannot be converted? Returns `open`. */
  readonly failureOpen: (lens: Lens, failure: FailureKey, context: CompileContext) => Statement
  /** What has to hold before contract may enforce it. */
  readonly violations: (plan: Plan, catalog: Catalog) => readonly Violation[]
  /** What going back to the old shape would lose. */
  readonly losses: (plan: Plan, catalog: Catalog, context: CompileContext) => readonly LossQuestion[]
  /** Tries `up` on some rows; null where it cannot raise. Leaves nothing behind. */
  readonly sampleRaising: (
    session: Session,
    lens: Lens,
  ) => Promise<{ readonly rows: number; readonly raising: number; readonly atLeast?: true } | null>
  /** How many of some rows do not come back as they were by `down` of `up`; null where nothing can be lost. Leaves nothing behind. */
  readonly sampleLossy: (session: Session, lens: Lens) => Promise<LossySample | null>
  /** Refuses (exit 3) a plan whose indexes or rules cannot be on the new column. Leaves nothing behind. */
  readonly rehearse: (session: Session, plan: Plan) => Promise<void>
  /** Does a view, a policy or the expressions of statistics that contract said again still say that, whatever types its columns have now? Leaves nothing behind. */
  readonly stillSays: (session: Session, definition: Definition, look: Look) => Promise<boolean>
  /** What keeps the old shape from coming back after contract: rows, or the position of a sequence, that cannot be represented in it. */
  readonly undoBlockers: (plan: Plan, catalog: Catalog, context: CompileContext) => readonly LossQuestion[]
  /** Counts the rows of one range that are not consistent, with some keys. */
  readonly mismatches: (
    lens: Lens,
    mode: SyncMode,
    from: readonly string[] | null,
    to: readonly string[],
    context: CompileContext,
  ) => Statement
}
