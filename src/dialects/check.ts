import type { DialectName } from '../planner/catalog.ts'
import type { ConnectOptions, Session } from './dialect.ts'
import type { RoundTripDialect } from './round-trip.ts'

/*
 * The seam of `migrate check`: what judging the statements of an app needs of an engine. Each dialect has it in check.ts.
 */

/** How deep a finding goes, from what is noticed first to what is noticed last. */
export type Level = 'NAME' | 'TYPE' | 'SHAPE' | 'WRITE' | 'VALUE'

/** What preparing a statement can prove. */
export interface StatementKind {
  /**
   * `analysed`: the server resolves its names and types when it is prepared. `session`: it names nothing of the schema.
   * `utility`: its names are looked up when it is executed only.
   */
  readonly kind: 'analysed' | 'session' | 'utility'
  /** Its result takes the columns that there are: `SELECT *`, `RETURNING *`. */
  readonly star: boolean
}

/** A type as the server names it now. Where types have a number of their own, the name says nothing once the type is gone. */
export interface DescribedType {
  readonly oid: number | null
  readonly name: string
}

/** A column of a result. What narrows the type (length, precision) is part of it. */
export interface DescribedColumn {
  readonly name: string
  readonly type: DescribedType
}

/** What the names in a statement mean, as the server has looked them up, by name. */
export interface Resolution {
  /** `table.column` of each name of a column that is written out, in the order of the text. */
  readonly columns: readonly string[]
  /** Of each NATURAL JOIN and USING the columns that it compares. */
  readonly joins: readonly string[]
}

/** Why the server does not take a statement: its code for that, and what it says, without values. */
export interface Refusal {
  readonly code: string
  readonly message: string
}

/** What the server says of a statement: the types of its parameters and of its result, or why it cannot be prepared. */
export type Prepared =
  | {
      readonly ok: true
      readonly parameters: readonly DescribedType[]
      readonly columns: readonly DescribedColumn[]
      /** The columns that an INSERT without a list of them fills, in order; or a COPY, whose lines have to hold all of them. */
      readonly fills?: readonly string[]
      readonly byLine?: true
      /** What its names mean. Absent: the server does not tell. */
      readonly resolved?: Resolution
      /** It was tried with sample values, which were not taken. Null: they were. Absent: it was not tried. */
      readonly tried?: Refusal | null
    }
  | ({ readonly ok: false } & Refusal)

/** A session that judges statements and changes nothing. */
export interface Preparer {
  /** The shadow has come to another state. */
  arrive(): Promise<void>
  /** Whether all that a row which is inserted into a table brings about is undone by a rollback. After `arrive`. */
  insertIsUndone(table: string): boolean
  /** `types` are the declared ones, null where the server is to infer; `samples` are lists of values for the parameters. */
  prepare(text: string, types: readonly (string | null)[], samples: readonly (readonly unknown[])[]): Promise<Prepared>
  close(): Promise<void>
}

/** How making a schema again went: what is missing, and what else is to be known. */
export interface CopyReport {
  readonly missing: readonly string[]
  readonly notices: readonly string[]
}

/** A schema that was read, to be made again in an empty database. */
export interface Copy {
  /** Who has to be there before it can be made. */
  readonly roles: readonly string[]
  /** Makes it. `checkpoint` is called before each statement, and may throw to stop. */
  readonly write: (session: Session, checkpoint: () => void) => Promise<CopyReport>
  /** Opens a session on the shadow that judges statements as the target would. After `write`. */
  readonly openPreparer: (options: ConnectOptions) => Promise<Preparer>
  /** Why nothing can be said about a statement because of what could not be copied; null when it uses nothing of that. */
  readonly doubt: (statement: string) => string | null
  /** Why a statement of a migration must not run on the shadow: it names another database. Null when it may. */
  readonly outside: (statement: string) => string | null
  /** A message about the shadow, as one about the target. */
  readonly inTarget: (message: string) => string
}

/** A server that is like another one, to be looked for among the embedded ones. */
export interface LikeServer {
  readonly kind: DialectName
  /** What its version begins with: `18`, `10.11`. */
  readonly series: string
  /** Options that its data folder has to be made with. */
  readonly lasting: Readonly<Record<string, string | number>>
}

/** How the commands of an app come to a shadow. */
export interface ShadowApp {
  /** With a password. */
  readonly url: string
  readonly secret: string
  /** It may read and write rows, and change no table. */
  readonly restricted: boolean
  /** The shadow has come to another state, with other tables. Tells what it may do all the same. */
  readonly arrive: () => Promise<string | null>
  /** Takes it away again; tells why that could not be done. */
  readonly close: () => Promise<string | null>
}

/** Databases to check on. */
export interface ShadowDialect {
  /** What people call the product at this version: `PostgreSQL 18`, `MariaDB 10.11`. */
  readonly product: (session: Session) => Promise<string>
  /** An address of the same server and user. */
  readonly withDatabase: (url: string, name: string) => string
  /** The address names a server and no database: a scratch database is then made there. */
  readonly namesNone: (url: string) => boolean
  /** The address with unqualified names looked up in these schemas. */
  readonly withSchemas: (url: string, schemas: readonly string[]) => string
  /** An address in which a database need not be named, for what is about the server. */
  readonly serverOnly: (url: string) => string
  /** Creates an empty database as the target is. Scratch databases that a killed check has left behind go first. */
  readonly createScratch: (session: Session, name: string, like: Session) => Promise<void>
  readonly dropScratch: (session: Session, name: string) => Promise<void>
  readonly createRoles: (session: Session, names: readonly string[]) => Promise<void>
  /** What tells one database of one server from every other. */
  readonly identity: (session: Session) => Promise<string>
  /** Takes the right to use this database as a shadow; it ends with the session. */
  readonly claim: (session: Session) => Promise<boolean>
  /** Marks an empty database as a shadow; returns how to empty it again, null when it holds something that is not ours. */
  readonly occupy: (session: Session) => Promise<(() => Promise<void>) | null>
  /** The server that would judge statements as the one of this session does. */
  readonly embedded: (session: Session) => Promise<LikeServer>
  readonly openApp: (session: Session, options: ConnectOptions, stateSchema: string) => Promise<ShadowApp>
  /** Looks which tables hold no row; answers what empties those again, and tells why that could not be done. */
  readonly keepRows: (session: Session) => Promise<() => Promise<string | null>>
  /** How to be let make databases. */
  readonly grantHint: string
}

/** What judging statements needs of an engine. */
export interface CheckDialect {
  readonly statementKind: (text: string) => StatementKind
  /** @throws what says why the text cannot be read. */
  readonly splitStatements: (text: string, what: string) => readonly { readonly text: string }[]
  /** Of statements whose names are looked up at execution: why preparing them proves nothing. */
  readonly utility: string
  /** What has become of a statement that was prepared before its result changed; null when the server sees to it itself. */
  readonly staleError: string | null
  /** The level of an error, by the server's code. */
  readonly levelOf: (code: string, message: string, worksElsewhere: boolean) => Level
  /** The code says that something is not there which the shadow may lack. */
  readonly isMissing: (code: string) => boolean
  /** The code says that statements of this kind cannot be prepared. */
  readonly cannotPrepare: (code: string) => boolean
  readonly readSchema: (session: Session, stateSchema: string) => Promise<Copy>
  readonly shadow: ShadowDialect
  readonly roundTrip: RoundTripDialect
}
