import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createMigrator } from '../../../src/runner/migrator.ts'

/*
 * The plan of every example, as `plan --sql` prints it, and its hazards. `UPDATE_GOLDEN=1` writes them anew; look at
 * the difference before it is committed. The catalog is that of migrations-example/schema.sql on PostgreSQL 18, as
 * `migrate catalog` prints it; test/integration/examples.test.ts holds it to that.
 */
const examples = fileURLToPath(new URL('../../../migrations-example', import.meta.url))
const golden = fileURLToPath(new URL('./golden', import.meta.url))
const update = process.env.UPDATE_GOLDEN === '1'
const catalog: unknown = JSON.parse(readFileSync(`${golden}/catalog.json`, 'utf8'))
const names = readdirSync(examples)
  .filter((file) => !file.endsWith('.sql'))
  .map((file) => file.replace(/\.[a-z]+$/, ''))
  .sort()

// No server is there: planning from a catalog file asks none.
const migrator = createMigrator({ database: 'postgres://nowhere.invalid/x', migrations: examples })
afterAll(() => migrator.close())

describe('the golden plan of', () => {
  it.each(names)('%s', async (name) => {
    const [view] = (await migrator.plan({ name, catalog })).migrations
    const hazards = view!.hazards.map(({ code, severity, message }) => `-- ${severity} ${code}: ${message}`)
    const ready = `-- the new version may be deployed from: ${view!.newVersionReady}`
    const text = [...hazards, ready, '', await migrator.planSql({ name, catalog })].join('\n')
    const file = `${golden}/${name}.sql`
    if (update) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  it('nothing else', () => {
    const expected = new Set(names.map((name) => `${name}.sql`))
    const stale = readdirSync(golden).filter((file) => file.endsWith('.sql') && !expected.has(file))
    if (update) for (const file of stale) rmSync(`${golden}/${file}`)
    else expect(stale).toEqual([])
  })
})
