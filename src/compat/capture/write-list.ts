import { rename, rm, writeFile } from 'node:fs/promises'
import { usageError } from '../../errors.ts'
import { shortPath } from '../../migrations/read-file.ts'
import type { ListedStatement, StatementList } from '../statement-list.ts'

/** The list as JSON, a line a key, in an order that does not change. */
export function listText({ app, version, statements }: StatementList): string {
  const ordered = statements.map(({ id, sql, params, samples, source, prepared }): ListedStatement => {
    return {
      id,
      sql,
      ...(params === undefined ? {} : { params }),
      ...(samples === undefined ? {} : { samples }),
      ...(source === undefined ? {} : { source }),
      ...(prepared === undefined ? {} : { prepared }),
    }
  })
  return `${JSON.stringify({ app, version, statements: ordered }, null, 2)}\n`
}

/**
 * Writes a list where only its owner can read it: a text may hold what an app wrote into it. Whole or not at all.
 *
 * @throws BellowsError exit 2 when it cannot be written.
 */
export async function writeList(path: string, list: StatementList): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  try {
    await writeFile(draft, listText(list), { mode: 0o600, flag: 'wx' })
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true })
    throw usageError('file.unwritable', `${shortPath(path)} cannot be written`, { cause })
  }
}
