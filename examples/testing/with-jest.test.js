import { testEveryState } from 'bellows/testing'
import pg from 'pg'

async function signUp(url, column) {
  const app = new pg.Client(url)
  await app.connect()
  try {
    await app.query(`insert into users (${column}) values ('Grace')`)
  } finally {
    await app.end()
  }
}

test('both versions work in every state', async () => {
  await testEveryState({
    database: process.env.TEST_DATABASE_URL ?? { embedded: 'postgres' },
    migrations: './migrations',
    seed: './schema.sql',
    onFailure: 'collect',
    tests: {
      old: { 'a user signs up': ({ url }) => signUp(url, 'name') },
      new: { 'a user signs up': ({ url }) => signUp(url, 'full_name') },
    },
  })
}, 120_000)
