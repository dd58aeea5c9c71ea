import type { Lens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { Phase, SyncMode } from '../planner/steps.ts'
import type { LedgerState } from './state.ts'

/** Who runs the tool, kept with every phase and step. */
export interface Actor {
  readonly actor: string
  readonly host: string
  readonly toolVersion: string
  readonly appVersion: string | null
  readonly gitRevision: string | null
}

/** A migration as the ledger knows it. Times are ISO text of the server's clock. */
export interface MigrationRow {
  readonly name: string
  readonly checksum: string
  readonly plan: Plan | null
  readonly state: LedgerState
  readonly generation: number
  readonly created_at: string
  readonly updated_at: string
  readonly backfilled_at: string | null
  readonly contracted_at: string | null
  readonly quarantined_until: string | null
  readonly finished_at: string | null
  readonly error: string | null
}

/** The phases that steps are recorded under: those of the plan, and the way back. */
export type RecordedPhase = Phase | 'rollback'

/** How far a step is. `running` after a crash means: look whether its effect is there. `todo`: a person said that it is not. */
export type StepState = 'running' | 'done' | 'failed' | 'todo'

/** Progress of one backfill or verification. */
export interface BackfillRow {
  readonly migration: string
  readonly step: string
  readonly cursor: readonly string[] | null
  readonly last: readonly string[] | null
  readonly rows_done: number
  readonly rows_total: number
  readonly rate: number
  readonly state: 'running' | 'done'
  readonly mismatches: number | null
  readonly paused: boolean
}

/** A lens that is in force. */
export interface LensRow {
  readonly id: string
  readonly migration: string
  readonly lens: Lens
  readonly mode: SyncMode
}
