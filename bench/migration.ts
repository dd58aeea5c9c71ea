import type { Intent, Migrator, MigratorOptions } from '../src/index.ts'
import { createMigrator } from './dist.ts'
import type { Engine } from './engines/engine.ts'

type Listener = NonNullable<MigratorOptions['onEvent']>

/** A change of one column that needs every row filled, and the plain statements that do the same. */
export interface Change {
  /** How the column that is changed has to be declared, where that matters. */
  readonly status: string | undefined
  readonly intent: (table: string) => Intent
  /** The added column: its type, and what it is filled with. */
  readonly type: string
  readonly filledWith: string
}

/** `name` becomes `full_name`: a copy. */
export const rename = (engine: Engine): Change => ({
  status: undefined,
  intent: (table) => ({ renameColumn: { table, from: 'name', to: 'full_name' } }),
  type: engine.types.name,
  filledWith: 'name',
})

/** `status`, a text, becomes a number: a conversion that may fail for any row, so that each is tried. */
export const changeOfType = (engine: Engine): Change => ({
  status: engine.types.status,
  intent: (table) => ({ changeType: { table, column: 'status', to: engine.types.changed } }),
  type: engine.types.changed,
  filledWith: `cast(status as ${engine.types.cast})`,
})

let number = 0

/** A migrator for one migration that changes this table, with state tables of its own. */
export function migratorFor(
  { url }: Engine,
  table: string,
  change: Change,
  onEvent: Listener = () => undefined,
): Migrator {
  number++
  const migrations = { '20260101090000_change': { intents: [change.intent(table)] } }
  return createMigrator({ database: url, migrations, stateSchema: `bellows_${number}`, onEvent })
}

/** Collects how long the steps with this end of their ids took. */
export function stepTimer(end: string): { readonly onEvent: Listener; readonly milliseconds: () => number } {
  let total = 0
  let begun = 0
  return {
    onEvent: (event) => {
      if (event.kind === 'step-started' && event.step.endsWith(end)) begun = performance.now()
      if (event.kind === 'step-finished' && event.step.endsWith(end)) total += performance.now() - begun
    },
    milliseconds: () => total,
  }
}
