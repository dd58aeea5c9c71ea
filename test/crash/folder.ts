import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrationOf, type Scenario } from '../scenarios/scenario.ts'

/** A folder with one migration, for the command line. */
export async function withMigration(scenario: Scenario, body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'bellows-crash-'))
  try {
    await writeFile(join(dir, 'm.json'), JSON.stringify(migrationOf(scenario)))
    await body(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
