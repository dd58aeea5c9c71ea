import { readdir } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { usageError } from '../errors.ts'
import type { Migration } from '../planner/migration.ts'
import { inOrder, migrationOf } from './migration-of.ts'
import { extensions, readAny, shortPath } from './read-file.ts'

/**
 * Loads every migration of a folder, in order. Other files, hidden files, `*.d.ts` and subfolders are left alone.
 *
 * @throws BellowsError exit 2 when the folder is missing, a file is not valid, or two files have one name.
 */
export async function loadMigrations(directory: string): Promise<Migration[]> {
  const migrations: Migration[] = []
  for (const { name, path } of await migrationFiles(directory)) {
    const { value, origin } = await readAny(path)
    migrations.push(migrationOf(name, value, origin))
  }
  return migrations
}

/**
 * The migration files of a folder, in order, without reading them.
 *
 * @throws BellowsError exit 2 when the folder is missing or two files have one name.
 */
export async function migrationFiles(
  directory: string,
): Promise<readonly { readonly name: string; readonly path: string }[]> {
  const folder = resolve(directory)
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw usageError('migrations.missing', `the migrations folder ${shortPath(folder)} cannot be read`, {
      cause,
      hint: 'Name it with --dir, MIGRATE_DIR or `migrations` in the config; `migrate init` makes one.',
    })
  })
  const files = entries
    .filter((entry) => !entry.isDirectory() && isMigrationFile(entry.name))
    .map((entry) => ({ name: withoutExtension(entry.name), path: join(folder, entry.name) }))
  return inOrder(files, ({ path }) => shortPath(path))
}

const isMigrationFile = (file: string): boolean =>
  !file.startsWith('.') && !file.endsWith('.d.ts') && (extensions as readonly string[]).includes(extname(file))

const withoutExtension = (file: string): string => file.slice(0, -extname(file).length)
