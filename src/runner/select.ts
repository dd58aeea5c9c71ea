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
