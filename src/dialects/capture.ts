import type { Socket } from 'node:net'
import type { ImportSource } from './capture-imports.ts'
import type { ConnectOptions } from './dialect.ts'

/*
 * The seam of `migrate capture`: what standing between an app and its server, and reading what it says, needs of an engine. Each
 * dialect has it in capture/.
 */

/** A statement as a client sent it. */
export interface Sent {
  readonly sql: string
  /** Types of the parameters in the target's words, as the client declared them; null where it left them to the server. */
  readonly types: readonly (string | null)[]
  /** The values of one execution; null where there was none, or they cannot be read. */
  readonly values: readonly unknown[] | null
  /** What changes how a text falls into pieces, in the dialect's words; absent where nothing does. */
  readonly mode?: string
  /** The driver may execute it again without preparing it again. */
  readonly kept: boolean
  /** Where the app says it, as `file:line`. */
  readonly source?: string | undefined
}

/** A statement that was told. */
export interface Told {
  /** Says that the server could not parse it. */
  readonly refused: () => void
}

/** What is told of the traffic. Nothing that it does may throw. */
export interface Sink {
  readonly wantsValues: boolean
  readonly sent: (statement: Sent) => Told
  /** Something that passed and could not be followed. */
  readonly missed: (what: string) => void
}

/** Where a parameter of a read statement has its value from: what the client bound, or the text itself. */
export type Origin =
  | { readonly bound: number }
  | { readonly literal: string | number | null; readonly type: string | null }

/** One statement of a text, without comments and values. */
export interface ReadStatement {
  readonly kind: 'statement'
  readonly sql: string
  readonly parameters: readonly Origin[]
  /** It names the statement for people: a verb and a table. */
  readonly words: readonly string[]
  /** The text prepares it under a name: PREPARE. */
  readonly kept?: true
  /** Its text without comments, values and all, where they could not be taken out. */
  readonly raw?: true
}

/** A statement that is of no use to a check, or could not be read; `what` holds no value. */
export interface LeftOut {
  readonly kind: 'left out'
  readonly why: 'session' | 'definition' | 'unreadable'
  readonly what: string
}

/** How a client is led to the proxy. */
export interface Detour {
  readonly url: string
  /** Variables that the engine's own clients read; undefined: taken away. */
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** A server that statements are captured in front of. */
export interface Target {
  /** @throws BellowsError when the server cannot be reached. */
  readonly reach: () => Promise<void>
  /** Stands between a client that has just connected and the server, until both are gone. */
  readonly serve: (client: Socket, sink: Sink) => void
  readonly detour: (port: number) => Detour
  /** The same URL with another host and port, and without TLS; null for what is no URL. */
  readonly redirect: (url: string, port: number) => string | null
  /** The words for types that the protocol gave as numbers of this database, where they are still known. */
  readonly typeNames: (types: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

/** What capturing needs of an engine. */
export interface CaptureDialect {
  /** The types that a client says are those of its values, and no part of what the statement means: one text is one statement. */
  readonly typesOfValues: boolean
  readonly target: (options: ConnectOptions) => Promise<Target>
  /** Where statements come from that were sent before, by the word that `--from` has for it. */
  readonly imports: Readonly<Record<string, ImportSource>>
  /** The statements of a text, each without its comments, and with a parameter in the place of each literal. */
  readonly read: (sql: string, bound: number, mode?: string) => readonly (ReadStatement | LeftOut)[]
  /** The text that a driver sends which writes the values into it; undefined where none does. */
  readonly inline?: (sql: string, values: readonly unknown[]) => string
  /** Whether a statement may read or write a column of this name. */
  readonly mentions: (sql: string, column: string) => boolean
}
