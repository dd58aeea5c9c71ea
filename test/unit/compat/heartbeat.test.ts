import { expect, test, vi } from 'vitest'
import { heartbeat } from '../../../src/compat/heartbeat.ts'

// Where it is loaded, that fails.
vi.mock('libpg-query', () => Promise.reject(new Error('an app that only says that it runs loads no grammar')))

test('a heartbeat is one statement, for which no grammar is loaded', async () => {
  const said: string[] = []
  const options = { app: 'shop', version: '1', instance: 'a' }
  await heartbeat({ query: async (text: string) => void said.push(text) }, options)
  await heartbeat({ execute: async (text: string) => void said.push(text) }, options)
  expect(said).toEqual([expect.stringMatching(/^insert into "bellows"/), expect.stringMatching(/^insert into `/)])
})
