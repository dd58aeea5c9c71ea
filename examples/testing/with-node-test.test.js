import assert from 'node:assert/strict'
import { test } from 'node:test'
import { walkStates } from 'bellows/testing'
import pg from 'pg'

// Stands for your app: the version that is deployed, and the one to come.
const column = { old: 'name', new: 'full_name' }

test('both versions work in every state', async (t) => {
  const states = walkStates({
    database: process.env.TEST_DATABASE_URL ?? { embedded: 'postgres' },
    migrations: `${import.meta.dirname}/migrations`,
    seed: `${import.meta.dirname}/schema.sql`,
    back: true,
  })
  for await (const state of states) {
    const app = new pg.Client(state.url)
    await app.connect()
    try {
      for (const version of state.versions) {
        await t.test(`${state.title}: the ${version} version`, () =>
          state.run(version, 'a user signs up', async () => {
            const { rowCount } = await app.query(`insert into users (${column[version]}) values ('Grace')`)
            assert.equal(rowCount, 1)
          }),
        )
      }
    } finally {
      await app.end()
    }
  }
})
