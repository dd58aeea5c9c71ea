import { usageError } from '../errors.ts'
import type { Migration } from '../planner/migration.ts'
import { checksum } from './checksum.ts'
import type { Origin } from './invalid.ts'
import { validateMigration } from './validate.ts'

/**
 * A validated migration with its checksum.
 *
 * @throws BellowsError exit 2 when the definition is not valid.
 */
export function migrationOf(name: string, value: unknown, origin: Origin): Migration {
  const definition = validateMigration(value, origin)
  return { name, checksum: checksum(definition), definition }
}

/**
 * In the order in which they are applied: by name, in plain code-unit order, whatever the locale.
 *
 * @throws BellowsError exit 2 when two have one name.
 */
export function inOrder<Item extends { readonly name: string }>(
  items: readonly Item[],
  describe: (item: Item) => string = (item) => item.name,
): readonly Item[] {
  const sorted = [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  sorted.forEach((item, index) => {
    const next = sorted[index + 1]
    if (next === undefined || next.name !== item.name) return
    throw usageError(
      'migration.duplicate',
      `two migrations are named ${item.name}: ${describe(item)}, ${describe(next)}`,
      {
        hint: 'The name is the file name without its extension. Rename one of them.',
      },
    )
  })
  return sorted
}
