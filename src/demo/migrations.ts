import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** One change of the shop's schema, as a migration file. */
interface Change {
  readonly name: string
  readonly yaml: string
}

/** What the demo changes; the same on every engine. */
const changes: readonly Change[] = [
  {
    name: '20260101090000_full_name',
    yaml: 'intents:\n  - renameColumn: { table: customers, from: name, to: full_name }\n',
  },
  {
    name: '20260101100000_bigger_totals',
    yaml: 'intents:\n  - changeType: { table: orders, column: total_cents, to: bigint }\n',
  },
]

/** Writes the migration files into a folder of their own, and answers with that folder. */
export async function writeMigrations(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-demo-'))
  await mkdir(path.join(folder, 'migrations'))
  for (const { name, yaml } of changes) await writeFile(path.join(folder, 'migrations', `${name}.yaml`), yaml)
  return folder
}
