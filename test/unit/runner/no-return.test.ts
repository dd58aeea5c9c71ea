import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { addColumn, changeType, createMigrator, type Intent, rawSql, renameColumn } from '../../../src/index.ts'

const catalog: unknown = JSON.parse(
  readFileSync(fileURLToPath(new URL('../planner/golden/catalog.json', import.meta.url)), 'utf8'),
)

/** Of a plan that nobody has begun. */
async function pointsOf(...intents: readonly Intent[]) {
  const migrator = createMigrator({ database: 'postgres://nowhere.invalid/x', migrations: { m: { intents } } })
  try {
    return (await migrator.plan({ catalog })).migrations[0]?.pointsOfNoReturn ?? []
  } finally {
    await migrator.close()
  }
}

describe('from where on there is no way back', () => {
  test('of a rename: purge, and nothing is lost until then', async () => {
    expect(await pointsOf(renameColumn({ table: 'customers', from: 'name', to: 'full_name' }))).toMatchObject([
      {
        phase: 'purge',
        step: expect.stringMatching(/^purge\.customers\./),
        why: 'the old shape is dropped: public.customers.name',
        untilThen: expect.stringMatching(/^nothing/),
        passed: false,
      },
    ])
  })

  test('of a wider type under its name: with a value that the old one cannot hold', async () => {
    const points = await pointsOf(changeType({ table: 'products', column: 'views', to: 'bigint' }))
    expect(points.map(({ phase }) => phase)).toEqual(['contract', 'purge', 'rollback'])
    expect(points[0]?.when).toContain('public.products.views as integer cannot hold')
    expect(points[0]?.why).toContain('refuses (4)')
  })

  test('of a new column: what the new version writes into it', async () => {
    for (const intent of [
      addColumn({ table: 'products', column: 'tag', type: 'text' }),
      addColumn({ table: 'products', column: 'tag', type: 'text', up: 'title' }),
    ]) {
      const points = await pointsOf(intent)
      expect(points.map(({ phase }) => phase)).toEqual(['purge', 'rollback'])
      expect(points[0]).toMatchObject({
        why: 'what is completed is not rolled back',
        untilThen: expect.stringMatching(/tag of public\.products$/),
      })
    }
  })

  test('of statements of one’s own: each that has no way back', async () => {
    const both = { expand: 'select 1', contract: 'select 2', reason: 'to see' }
    const without = await pointsOf(rawSql(both))
    expect(without.map(({ step, phase }) => step ?? phase)).toEqual(['expand.raw.1', 'contract.raw.1', 'purge'])
    expect(without[0]?.why).toBe('to see cannot be taken back: rawSql says no rollback')
    const withOne = await pointsOf(rawSql({ ...both, rollback: 'select 3' }))
    expect(withOne.map(({ step, phase }) => step ?? phase)).toEqual(['contract.raw.1', 'purge'])
  })
})
