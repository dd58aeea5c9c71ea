import type { CheckDialect } from '../dialects/check.ts'
import { usageError } from '../errors.ts'
import { joinStatements } from './join-statements.ts'
import { readStatementList, type StatementList } from './statement-list.ts'

/** Whether a version runs already, or is to come. */
export type Role = 'old' | 'new'

/** One version of an app, with all its lists put together. */
export interface AppVersion extends StatementList {
  readonly role: Role
}

/**
 * Reads all lists. Several files of one version are one list.
 *
 * @throws BellowsError exit 2 when none is given, a file is not valid, or one version is both old and new.
 */
export async function readVersions(
  old: readonly string[],
  new_: readonly string[],
  dialect: Pick<CheckDialect, 'splitStatements'>,
): Promise<readonly AppVersion[]> {
  if (old.length + new_.length === 0) {
    throw usageError('check.no-lists', 'no statement list is given', {
      hint: 'Name one with --old or --new, or under `apps` in the config; docs/check.md shows what it looks like.',
    })
  }
  const versions = new Map<string, AppVersion>()
  for (const [role, files] of [['old', old] as const, ['new', new_] as const]) {
    for (const file of files) add(versions, role, await readStatementList(file, dialect), file)
  }
  return [...versions.values()]
}

function add(versions: Map<string, AppVersion>, role: Role, list: StatementList, file: string): void {
  const key = JSON.stringify([list.app, list.version])
  const known = versions.get(key)
  if (known !== undefined && known.role !== role) {
    throw usageError('check.version-twice', `${list.app} ${list.version} is given as old and as new`, {
      hint: 'Give the lists different versions.',
    })
  }
  const { statements, twice } = joinStatements([known?.statements ?? [], list.statements])
  if (twice !== undefined) {
    throw usageError('statements.invalid', `${file}: ${twice} is in another list of ${list.app} ${list.version} too`)
  }
  versions.set(key, { app: list.app, version: list.version, role, statements })
}
