import type { DialectName } from './catalog.ts'
import type { Change } from './change.ts'
import { kindOf } from './intents/index.ts'
import { mergeChanges } from './merge.ts'
import type { MigrationDefinition } from './migration.ts'

/** What a migration asks for, its intents applied in order and merged per table. */
export function changesOf(definition: MigrationDefinition, dialect: DialectName): readonly Change[] {
  return mergeChanges(
    definition.intents.flatMap((intent) => {
      const { kind, parameters } = kindOf(intent)
      return kind.changes(parameters, dialect)
    }),
  )
}
