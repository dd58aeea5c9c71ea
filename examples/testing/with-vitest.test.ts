import { openTestKit } from 'bellows/testing'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'

// Stands for your app: the version that is deployed, and the one to come.
const column = { old: 'name', new: 'full_name' }

const kit = await openTestKit({
  database: process.env.TEST_DATABASE_URL ?? { embedded: 'postgres' },
  migrations: `${import.meta.dirname}/migrations`,
  seed: `${import.meta.dirname}/schema.sql`,
})
afterAll(() => kit.close())

for (const cell of kit.cells) {
  test(`${cell.title} signs a user up`, { timeout: 60_000 }, () =>
    cell.run('a user signs up', async ({ url }) => {
      const app = new pg.Client(url)
      await app.connect()
      try {
        await app.query(`insert into users (${column[cell.version]}) values ('Grace')`)
        const { rows } = await app.query('select count(*)::int as users from users')
        expect(rows).toEqual([{ users: 2 }])
      } finally {
        await app.end()
      }
    }),
  )
}
