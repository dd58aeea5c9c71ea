import type { Migration, MigrationDefinition } from '../planner/migration.ts'
import { inOrder, migrationOf } from './migration-of.ts'

/** Migrations in memory: a list with names, or an object whose keys are the names. */
export type MigrationValues =
  | readonly { readonly name: string; readonly migration: MigrationDefinition }[]
  | Readonly<Record<string, MigrationDefinition>>

/**
 * Validates migrations that are given as values, and puts them in order, exactly as if they came from a folder.
 *
 * @throws BellowsError exit 2 when one is not valid or two have one name.
 */
export function fromValues(values: MigrationValues): Migration[] {
  const named = isList(values) ? values : Object.entries(values).map(([name, migration]) => ({ name, migration }))
  return inOrder(named).map(({ name, migration }) => migrationOf(name, migration, { file: `migration ${name}` }))
}

// Array.isArray does not narrow readonly arrays.
const isList = (values: MigrationValues): values is Extract<MigrationValues, readonly unknown[]> =>
  Array.isArray(values)
