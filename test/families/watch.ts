/** A statement that went through a proxy. */
export interface Statement {
  /** From 1, over all connections. */
  readonly index: number
  readonly sql: string
}

/** What becomes of a statement: with `cut` its connection ends. */
export type Fate = 'forward' | 'cut'

/** What is told of the traffic. */
export interface Watch {
  /** Before the server sees it; after `cut` it never does. */
  before?(statement: Statement): Fate
  /** When the server has carried it out, and the client has not heard of it. */
  after?(statement: Statement): Fate
}

/** A proxy in front of a server. */
export interface WatchedProxy {
  /** The target's address, with the proxy's host and port. */
  readonly url: string
  close(): Promise<void>
}
