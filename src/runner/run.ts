import type { Dialect, Session } from '../dialects/dialect.ts'
import type { Lease } from '../ledger/lease.ts'
import type { Ledger } from '../ledger/records.ts'
import type { BackfillOptions } from './api.ts'
import type { Emit } from './events.ts'

/** What carrying out a phase needs: sessions, ledger, the lease that allows it, and how to behave. */
export interface Run {
  readonly dialect: Dialect
  readonly worker: Session
  readonly observer: Session
  readonly ledger: Ledger
  readonly lease: Lease
  readonly stateSchema: string
  readonly lockTimeout: number
  readonly lockBudget: number
  /** Runs the body under the lease for DDL: the one that is held, or one taken for it. */
  readonly forDdl: <T>(body: (run: Run) => Promise<T>) => Promise<T>
  readonly speed: BackfillOptions
  readonly emit: Emit
  readonly signal: AbortSignal | null
}
