import { usageError } from '../errors.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import type { Migration } from '../planner/migration.ts'
import { type Environment, unknownMigration } from './open.ts'

/** A migration as both sides know it: the file, the ledger, or both. */
export interface Known {
  readonly name: string
  readonly file: Migration | null
  readonly row: MigrationRow | null
  readonly state: LedgerState
}

/**
 * All migrations of the folder and the ledger, in name order; with a name, that one.
 *
 * @throws BellowsError exit 2 for a name that neither knows.
 */
export async function known(environment: Environment, name?: string): Promise<readonly Known[]> {
  const files = await environment.files()
  const rows = await environment.rows()
  const names = [...new Set([...files, ...rows].map((item) => item.name))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const all = names.map((each): Known => {
    const row = rows.find((candidate) => candidate.name === each) ?? null
    return { name: each, file: files.find((file) => file.name === each) ?? null, row, state: row?.state ?? 'pending' }
  })
  if (name === undefined) return all
  const found = all.filter((each) => each.name === name)
  if (found.length === 0) throw unknownMigration(name)
  return found
}

/** What an unnamed command takes, and what it says of that which it leaves out. */
export interface Taken {
  readonly taken: readonly Known[]
  readonly notices: readonly string[]
}

/** It was rolled back, and its file is gone: nobody will run it again, and there is nothing of it in the database. */
export const isGone = ({ file, state }: Known): boolean => file === null && state === 'pending'

/** The same as {@link known}; without a name those that are gone are left out, where there is a folder that lacks them. */
export async function takenBy(environment: Environment, name?: string): Promise<Taken> {
  const all = await known(environment, name)
  if (name !== undefined || environment.options.migrations === undefined) return { taken: all, notices: [] }
  const notices = all.filter(isGone).map((each) => `${each.name} is pending and has no file here: it is left out`)
  return { taken: all.filter((each) => !isGone(each)), notices }
}

/** Notices as they stand in a result: only where there are some. */
export const saying = (notices: readonly string[]): { readonly notices?: readonly string[] } =>
  notices.length === 0 ? {} : { notices }

/** The row as it is now, after a phase changed it. */
export async function reread(environment: Environment, name: string): Promise<MigrationRow> {
  const row = (await environment.rows()).find((candidate) => candidate.name === name)
  if (row === undefined) throw unknownMigration(name)
  return row
}

/** The file of a migration that has to be planned now. */
export function requireFile(migration: Known): Migration {
  if (migration.file !== null) return migration.file
  throw usageError('migration.no-file', `${migration.name} is pending and has no file here`, {
    hint: 'Run with --dir pointing at the migrations.',
  })
}
