import { expect, test } from 'vitest'
import { lastWords } from '../../../src/cli/last-words.ts'
import { migrate } from './terminal.ts'

const error = { command: 'expand', code: 'a.b', message: 'what', hint: 'then', retryable: false, exitCode: 3 }

test('a failure leaves its reason for Kubernetes, and a success nothing', async () => {
  const { ended } = await migrate(['plan'])
  expect(ended.map((text) => JSON.parse(text))).toEqual([
    expect.objectContaining({ command: 'plan', code: 'config.no-database', exitCode: 2, retryable: false }),
  ])
  expect((await migrate(['schema'])).ended).toEqual([])
})

test('there is no password in it', async () => {
  const { ended } = await migrate(['status'], {
    env: { DATABASE_URL: 'postgres://me:geheim@localhost:1/geheim?sslmode=geheim' },
  })
  expect(ended).toHaveLength(1)
  expect(ended[0]).not.toContain(':geheim@')
})

test.each([
  ['details', { ...error, details: { keys: 'k'.repeat(5000) } }, { message: 'what', hint: 'then' }],
  ['a message', { ...error, message: 'é'.repeat(5000) }, { hint: 'then', message: expect.stringMatching(/^é+…$/) }],
  [
    'a message and a hint',
    { ...error, message: '𝒎'.repeat(5000), hint: '"'.repeat(9000) },
    { message: expect.stringMatching(/^(𝒎)+…$/u) },
  ],
])('%s that is too long for a termination message is shortened', (_, given, left) => {
  const text = lastWords(given)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096)
  expect(JSON.parse(text)).toMatchObject({ code: 'a.b', exitCode: 3, ...left })
})
