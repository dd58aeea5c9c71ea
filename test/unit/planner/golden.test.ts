import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createMigrator } from '../../../src/runner/migrator.ts'

/*
 * The plan of every example, as `plan --sql` prints it, and its hazards. `UPDATE_GOLDEN=1` writes them anew; look at
 * the difference before it is committed. The catalogs are those of migrations-example/schema.sql on PostgreSQL 18 and of
 * schema.mysql.sql on MySQL 9.7, as `migrate catalog` prints them; test/integration/examples.test.ts and
 * test/mysql/examples.test.ts hold them to that.
 */
const examples = fileURLToPath(new URL('../../../migrations-example', import.meta.url))
const update = process.env.UPDATE_GOLDEN === '1'
const all = readdirSync(examples)
  .filter((file) => !file.endsWith('.sql'))
  .map((file) => file.replace(/\.[a-z]+$/, ''))
  .sort()

/** On which it is refused, with the exit code. */
const refusedOn: Readonly<Record<string, readonly string[]>> = { mysql: ['20260118100000_one_account_per_email'] }

// No server is there: planning from a catalog file asks none.
const migrator = createMigrator({ database: 'postgres://nowhere.invalid/x', migrations: examples })
afterAll(() => migrator.close())

describe.each(['postgres', 'mysql'])('the golden plan on %s of', (dialect) => {
  const golden = fileURLToPath(new URL(dialect === 'postgres' ? './golden' : './golden/mysql', import.meta.url))
  const catalog: unknown = JSON.parse(readFileSync(`${golden}/catalog.json`, 'utf8'))
  const refused = refusedOn[dialect] ?? []
  const names = all.filter((name) => !refused.includes(name))

  it.each(names)('%s', async (name) => {
    const [view] = (await migrator.plan({ name, catalog })).migrations
    const hazards = view!.hazards.map(({ code, severity, message }) => `-- ${severity} ${code}: ${message}`)
    const ready = `-- the new version may be deployed from: ${view!.newVersionReady}`
    const text = [...hazards, ready, '', await migrator.planSql({ name, catalog })].join('\n')
    const file = `${golden}/${name}.sql`
    if (update) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  it('nothing else', async () => {
    for (const name of refused)
      await expect(migrator.plan({ name, catalog })).rejects.toMatchObject({ exitCode: 3, code: 'plan.index-kind' })
    const expected = new Set(names.map((name) => `${name}.sql`))
    const stale = readdirSync(golden).filter((file) => file.endsWith('.sql') && !expected.has(file))
    if (update) for (const file of stale) rmSync(`${golden}/${file}`)
    else expect(stale).toEqual([])
  })
})
