import type { TableRef } from '../planner/catalog.ts'
import type { Session } from './dialect.ts'

/** A column by the name that contract hides. */
export interface OldName {
  readonly table: TableRef
  readonly column: string
}

/** Something that grows when statements fail. */
export interface FailureCounter {
  /** By which it is found again. */
  readonly key: string
  readonly what: string
  /** Since the server began to count, or ever. */
  readonly count: number
  /** It is the old names that were asked for. Otherwise it may be anything. */
  readonly sure: boolean
  /** What our own sessions roll back is in it. */
  readonly ours?: true
  /** How many there are at this moment: fewer than before are no failures, and no counter that was begun anew. */
  readonly momentary?: true
}

/** What the server tells of statements that fail, for as long as the old shape is hidden on trial. */
export interface BrownOutDialect {
  /** How late a failure may be counted, in milliseconds. */
  readonly lag: number
  /** Why failures could not be told here, and what lets them; null where they can. It may fail a statement of its own to see. */
  readonly blind: (
    session: Session,
    names: readonly OldName[],
  ) => Promise<{ readonly reason: string; readonly hint: string } | null>
  /** All there is now. `since`: when the old names were hidden, by the server's clock; null where they are not yet. */
  readonly failures: (
    session: Session,
    names: readonly OldName[],
    since: string | null,
  ) => Promise<readonly FailureCounter[]>
}
