import type { Migrator, MigratorOptions } from '../src/index.ts'
import { createMigrator } from './dist.ts'

type Listener = NonNullable<MigratorOptions['onEvent']>

let number = 0

/** A migrator for one migration that renames `name` of this table to `full_name`, with state tables of its own. */
export function renames(url: string, table: string, onEvent: Listener = () => undefined): Migrator {
  number++
  const migration = { intents: [{ renameColumn: { table, from: 'name', to: 'full_name' } }] }
  const migrations = { '20260101090000_full_name': migration }
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
