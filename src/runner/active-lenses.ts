import type { ActiveLens } from '../dialects/dialect.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { SyncMode } from '../planner/steps.ts'

/** The lenses in force once one of them has got another mode, or is gone (null). */
export function withMode(active: readonly ActiveLens[], lens: Lens, mode: SyncMode | null): readonly ActiveLens[] {
  const others = active.filter((entry) => entry.lens.id !== lens.id)
  return mode === null ? others : [...others, { lens, mode }]
}
