import { readdir, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { usageError } from '../../errors.ts'
import { migrationFiles } from '../../migrations/load.ts'
import { extensions, shortPath } from '../../migrations/read-file.ts'

/** A file that is to be looked at. */
export interface LintFile {
  readonly path: string
  /** As it is shown. */
  readonly file: string
  readonly kind: 'sql' | 'migration'
}

/**
 * The files that are meant, in the order of their names within each folder.
 *
 * @throws BellowsError exit 2 for what is not there, or is neither SQL nor a migration.
 */
export async function filesOf(given: readonly string[], migrations: string | undefined): Promise<readonly LintFile[]> {
  const found: LintFile[] = []
  if (migrations !== undefined) {
    found.push(...(await migrationFiles(migrations)).map(({ path }) => lintFile(path, 'migration')))
    found.push(...(await sqlFilesOf(resolve(migrations))))
  }
  for (const path of given.map((own) => resolve(own))) found.push(...(await filesAt(path)))
  const seen = new Set<string>()
  return found.filter(({ path }) => !seen.has(path) && seen.add(path))
}

async function filesAt(path: string): Promise<readonly LintFile[]> {
  const there = await stat(path).catch((cause: unknown) => {
    throw usageError('lint.missing', `${shortPath(path)} cannot be read`, { cause, details: { file: shortPath(path) } })
  })
  if (there.isDirectory()) {
    const files = await sqlFilesOf(path)
    if (files.length > 0) return files
    throw usageError('lint.nothing', `there is no .sql file in ${shortPath(path)}`, {
      hint: 'Of a folder its .sql files are taken, those in folders below it too. Name migration files one by one, or the folder by --dir.',
    })
  }
  const extension = extname(path).toLowerCase()
  if (extension === '.sql') return [lintFile(path, 'sql')]
  if ((extensions as readonly string[]).includes(extension)) return [lintFile(path, 'migration')]
  throw usageError('lint.kind', `${shortPath(path)} is neither a .sql file nor a migration`, {
    hint: `A migration ends in one of ${extensions.join(', ')}.`,
  })
}

async function sqlFilesOf(folder: string): Promise<readonly LintFile[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const sorted = entries
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const found: LintFile[] = []
  for (const entry of sorted) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await sqlFilesOf(path)))
    else if (extname(entry.name).toLowerCase() === '.sql') found.push(lintFile(path, 'sql'))
  }
  return found
}

const lintFile = (path: string, kind: LintFile['kind']): LintFile => ({ path, file: shortPath(path), kind })
