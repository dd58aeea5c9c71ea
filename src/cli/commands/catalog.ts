import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { connection } from '../options.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate catalog`: the live schema, for planning without a database. */
export const catalog: CommandFile = {
  name: 'catalog',
  summary: 'the live schema as JSON, for `plan --catalog`',
  options: [{ flags: '--out <file>', help: 'into a file instead of stdout' }, ...connection],
  examples: ['migrate catalog > catalog.json && migrate plan --catalog catalog.json'],
  run: async (session) =>
    withMigrator(session, async (migrator) => {
      const result = await migrator.catalog()
      const text = JSON.stringify(result, null, 2)
      const out = session.settings.text('out')
      if (out === undefined) return { result, text }
      await writeFile(resolve(session.io.cwd, out), `${text}\n`)
      return { result, text: `written to ${out}` }
    }),
}
