import { test } from 'node:test'
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

test('both versions work in every state', () =>
  testEveryState({
    database: { pglite: true },
    migrations: `${import.meta.dirname}/migrations`,
    seed: `${import.meta.dirname}/schema.sql`,
    tests: {
      old: { 'a user signs up': ({ url }) => signUp(url, 'name') },
      new: { 'a user signs up': ({ url }) => signUp(url, 'full_name') },
    },
  }))
