import type { ActiveLens } from '../dialects/dialect.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { SyncMode } from '../planner/steps.ts'
import type { LedgerState } from './state.ts'
import type { Actor, BackfillRow, LensRow, MigrationRow, RecordedPhase, StepState } from './tables.ts'

/** What has been done, by whom, when, with which statements: in the target database. All on one session. */
export interface Ledger {
  readonly schema: string
  /** As whom it writes. */
  readonly by: Actor
  /** False when the state tables are not there yet: then nothing was ever done here. */
  exists(): Promise<boolean>
  /** The layout of the state tables that are there, 0 when there are none. Throws exit 3 for a newer one than this tool knows. */
  layout(): Promise<number>
  /** Makes the state tables where they are missing, and brings older ones to today's layout. */
  ensure(): Promise<void>
  migrations(): Promise<readonly MigrationRow[]>
  begin(plan: Plan): Promise<void>
  setState(name: string, state: LedgerState, more?: Readonly<Record<string, unknown>>): Promise<void>
  nextGeneration(name: string, state: LedgerState): Promise<void>
  startPhase(name: string, generation: number, phase: RecordedPhase): Promise<void>
  finishPhase(name: string, generation: number, phase: RecordedPhase): Promise<void>
  steps(name: string, generation: number, phase: RecordedPhase): Promise<ReadonlyMap<string, StepState>>
  startStep(
    name: string,
    generation: number,
    phase: RecordedPhase,
    id: string,
    statements: readonly string[],
  ): Promise<void>
  /** How often a step was begun. */
  attempts(name: string, generation: number, phase: RecordedPhase, id: string): Promise<number>
  finishStep(name: string, generation: number, phase: RecordedPhase, id: string, error?: string): Promise<void>
  /** Records what a person found: a step is done, or is to be run again. */
  settleStep(name: string, generation: number, phase: RecordedPhase, id: string, state: 'done' | 'todo'): Promise<void>
  lenses(): Promise<readonly LensRow[]>
  active(): Promise<readonly ActiveLens[]>
  setLens(lens: Lens, mode: SyncMode | null): Promise<void>
  backfill(name: string, generation: number, step: string): Promise<BackfillRow | null>
  backfills(): Promise<readonly (BackfillRow & { readonly updated: string })[]>
  saveBackfill(name: string, generation: number, step: string, values: Readonly<Record<string, unknown>>): Promise<void>
  setPaused(name: string, paused: boolean): Promise<number>
  event(migration: string | null, kind: string, detail: unknown): Promise<void>
  /** All of a kind that are of no migration, oldest first. */
  events(kind: string): Promise<readonly { readonly at: string; readonly detail: unknown }[]>
  sample(migration: string, kind: string, value: unknown): Promise<void>
  /** Those of a kind within so many milliseconds, oldest first, and at most the newest thousand. */
  samples(
    migration: string,
    kind: string,
    within: number,
  ): Promise<readonly { readonly at: string; readonly value: unknown }[]>
  history(): Promise<{
    readonly steps: readonly Record<string, unknown>[]
    readonly events: readonly Record<string, unknown>[]
  }>
  /** The leases whose time is not over; the session of a holder may be gone all the same. */
  leases(): Promise<
    readonly {
      readonly name: string
      readonly holder: string
      readonly expires: string
      readonly pid: number
      readonly backend_started: string
    }[]
  >
  failures(
    migration: string,
  ): Promise<readonly { readonly lens: string; readonly key: string; readonly target: string; readonly code: string }[]>
  failureCounts(): Promise<ReadonlyMap<string, number>>
  resolveFailure(lens: string, key: string, target: string): Promise<void>
  resolveFailures(migration: string): Promise<void>
}
