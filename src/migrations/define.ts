import type { MigrationDefinition } from '../planner/migration.ts'

/**
 * The default export of a migration file. Returns what it is given; it is there for the types.
 *
 * @example
 * ```ts
 * export default defineMigration({
 *   intents: [renameColumn({ table: 'users', from: 'name', to: 'full_name' })],
 * })
 * ```
 */
export function defineMigration(definition: MigrationDefinition): MigrationDefinition {
  return definition
}
