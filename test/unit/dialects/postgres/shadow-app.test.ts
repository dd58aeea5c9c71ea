import { expect, test } from 'vitest'
import type { ConnectOptions, Session } from '../../../../src/dialects/dialect.ts'
import { openApp } from '../../../../src/dialects/postgres/shadow-app.ts'

test('the password of the role that runs commands is in no statement: servers log them', async () => {
  const said: string[] = []
  const query = async (statement: unknown) => {
    said.push(JSON.stringify(statement))
    return { rows: [] }
  }
  const session = { query, alive: true } as unknown as Session
  const options = { url: 'postgres://me@localhost/shadow', password: null } as unknown as ConnectOptions
  const app = await openApp(session, options, 'bellows')
  await app.arrive()
  await app.close()
  expect(new URL(app.url).password).toBe(app.secret)
  expect(said[0]).toMatch(/create role .* password 'SCRAM-SHA-256\$4096:[\w+/]{22}==\$[\w+/]{43}=:[\w+/]{43}='/)
  expect(said.join()).not.toContain(app.secret)
})
