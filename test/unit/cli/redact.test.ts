import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor, hasPassword, redactDeep } from '../../../src/cli/redact.ts'

const redact = createRedactor([])

describe('redaction', () => {
  test.each([
    ['cannot reach postgres://app:hunter2@db:5432/x', 'cannot reach postgres://***@db:5432/x'],
    ['mysql://app:p@ss@db/x and redis://:k@h', 'mysql://***@db/x and redis://***@h'],
    ['host=db password=hunter2 user=app', 'host=db password=*** user=app'],
    ["password='with space' host=db", 'password=*** host=db'],
    ['postgres://db/x?password=hunter2&sslmode=require', 'postgres://db/x?password=***&sslmode=require'],
  ])('takes the secret out of `%s`', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  test.each([
    'postgres://db:5432/x',
    'write to me@example.com',
    'ALTER TABLE users ADD COLUMN password text',
    'postgres://user:password@host:5432/database; special characters are percent-encoded',
  ])('leaves `%s` alone', (text) => {
    expect(redact(text)).toBe(text)
  })

  test('knows the password of the connection itself, as written and decoded', () => {
    const own = createRedactor(['postgres://app:s3cr%40t-pass@db/x'])
    expect(own('tried s3cr@t-pass, sent s3cr%40t-pass')).toBe('tried ***, sent ***')
  })

  test('does not blot out a word that the URL shows anyway', () => {
    expect(createRedactor(['postgres://postgres:postgres@db/x'])('role "postgres" does not exist')).toBe(
      'role "postgres" does not exist',
    )
  })

  test('takes any password of six or more characters out of any text', () => {
    const password = fc
      .string({ minLength: 6, maxLength: 40 })
      .filter((text) => !'postgres://app:@db.example/x'.includes(text))
    fc.assert(
      fc.property(password, fc.string(), fc.string(), (secret, before, after) => {
        const own = createRedactor([`postgres://app:${encodeURIComponent(secret)}@db.example/x`])
        fc.pre(!'***'.includes(secret) && !before.includes(secret) && !after.includes(secret))
        expect(own(`[${before}] ${secret} [${after}]`)).not.toContain(` ${secret} `)
      }),
    )
  })

  test('goes into every string of a value, and keeps the rest', () => {
    const value = { url: 'postgres://a:bcd@h/x', list: ['postgres://a:bcd@h/x', 1], none: null, yes: true }
    expect(redactDeep(value, redact)).toEqual({
      url: 'postgres://***@h/x',
      list: ['postgres://***@h/x', 1],
      none: null,
      yes: true,
    })
  })
})

describe('a URL', () => {
  test.each([
    ['postgres://app:secret@db/x', true],
    ['postgres://db/x?password=secret', true],
    ['postgres://app@db/x', false],
    ['postgres://db:5432/x', false],
  ])('%s has a password: %s', (url, expected) => {
    expect(hasPassword(url)).toBe(expected)
  })
})
