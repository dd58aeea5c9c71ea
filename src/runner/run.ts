import type { Dialect, Session } from '../dialects/dialect.ts'
import type { Lease } from '../ledger/lease.ts'
import type { Ledger } from '../ledger/records.ts'
import type { BackfillOptions } from './api.ts'
import type { Lane } from './batch.ts'
import type { Emit } from './events.ts'

/** What looking ahead needs, which changes nothing and waits for no other runner: sessions, ledger, and how to behave. */
export interface Looking {
  readonly dialect: Dialect
  readonly worker: Session
  readonly observer: Session
  readonly ledger: Ledger
  readonly stateSchema: string
  readonly lockTimeout: number
  readonly lockBudget: number
  readonly speed: BackfillOptions
  readonly emit: Emit
  readonly signal: AbortSignal | null
}

/** What carrying out a phase needs: also the lease that allows it. */
export interface Run extends Looking {
  readonly lease: Lease
  /** Opens more sessions to work on beside the one that is there, or fewer, where no more can be had. They end with the lease. */
  readonly openLanes: (count: number) => Promise<readonly Lane[]>
  /**
   * Runs the body under the lease for DDL: the one that is held, or one taken for it. Whoever needs both takes that of the data first,
   * or two could wait for each other.
   */
  readonly forDdl: <T>(body: (run: Run) => Promise<T>) => Promise<T>
  /** Called when a step has its lock and has changed nothing yet: what it throws takes all of that step back. */
  readonly underLock?: (step: string) => Promise<void>
}
