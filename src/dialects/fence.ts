import type { Session, Statement } from './dialect.ts'

/** An account of a database user: the role itself, or the user from one host (MySQL, MariaDB). */
export interface Account {
  readonly user: string
  readonly host: string | null
}

/** What is known of an account before it is locked out. */
export interface AccountFacts extends Account {
  /** It may log in. */
  readonly open: boolean
  /** Why it is not one to be locked out, as the rest of a sentence that begins with its name; null where it is. */
  readonly refusal: string | null
}

/** What is known of users, and of what the account that runs may do about them. */
export interface FenceFacts {
  /** Null where the server does not tell. */
  readonly accounts: readonly AccountFacts[] | null
  /** What to run so that they may be locked out and their sessions ended; empty where nothing is missing. */
  readonly grants: readonly string[]
  /** What of it is needed to let them in again. */
  readonly mayUnlock: boolean
}

/** How a dialect locks users out of a server. */
export interface FenceDialect {
  /** Changes nothing. */
  readonly facts: (session: Session, users: readonly string[]) => Promise<FenceFacts>
  readonly lock: (account: Account) => Statement
  readonly unlock: (account: Account) => Statement
  /** Asks the server to end the sessions of these users, but those of this process. Returns how many there were. */
  readonly endSessions: (session: Session, users: readonly string[]) => Promise<number>
  /** How it is told what becomes of them. */
  readonly ends: string
}
