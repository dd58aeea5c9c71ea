import { checkOf } from '../dialects/open.ts'
import type { DialectName } from '../planner/catalog.ts'
import { readStatementList } from './statement-list.ts'
import { type AppVersion, readVersions } from './versions.ts'

/**
 * The texts of all statements of both versions.
 *
 * @throws BellowsError exit 2 for a list that cannot be read or is not valid
 */
export async function readAppStatements(
  dialect: DialectName,
  old: readonly string[],
  new_: readonly string[],
): Promise<{ readonly old: readonly string[]; readonly new: readonly string[] }> {
  const check = await checkOf(dialect)
  const read = async (files: readonly string[]): Promise<readonly string[]> => {
    const lists = await Promise.all(files.map((file) => readStatementList(file, check)))
    return lists.flatMap(({ statements }) => statements.map(({ sql }) => sql))
  }
  return { old: await read(old), new: await read(new_) }
}

/** All lists with their versions, as `check` reads them. */
export async function readListed(
  dialect: DialectName,
  old: readonly string[],
  new_: readonly string[],
): Promise<readonly AppVersion[]> {
  return readVersions(old, new_, await checkOf(dialect))
}
