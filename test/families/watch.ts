/** A statement that went through a proxy. */
export interface Statement {
  /** From 1, over all connections. */
  readonly index: number
  readonly sql: string
}

/** What becomes of a statement: with `cut` its connection ends, with `hold` nothing passes any more on any connection. */
export type Fate = 'forward' | 'cut' | 'hold'

/** What is told of the traffic. */
export interface Watch {
  /** Before the server sees it; after `cut` and `hold` it never does. */
  before?(statement: Statement): Fate
  /** When the server has carried it out, and the client has not heard of it. */
  after?(statement: Statement): Fate
}

/** A proxy in front of a server. */
export interface WatchedProxy {
  /** The target's address, with the proxy's host and port. */
  readonly url: string
  /** Ends every connection, and with it what is held. */
  close(): Promise<void>
}
