import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, checksum } from '../../../src/migrations/checksum.ts'
import { fromValues } from '../../../src/migrations/from-values.ts'

const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } }

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  )
}

describe('the checksum', () => {
  test('does not depend on the order of keys, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value))
      }),
    )
  })

  test('tells apart what JSON tells apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b))
        const [one, other] = [canonicalJson(a), canonicalJson(b)]
        if (one === other) expect(shuffled(JSON.parse(one))).toEqual(JSON.parse(other))
        else expect(JSON.parse(one)).not.toEqual(JSON.parse(other))
      }),
    )
  })

  test('ignores what is undefined', () => {
    expect(checksum({ intents: [rename], description: undefined })).toBe(checksum({ intents: [rename] }))
  })

  test('depends on the order of intents', () => {
    const other = { dropNotNull: { table: 'users', column: 'phone' } }
    expect(checksum({ intents: [rename, other] })).not.toBe(checksum({ intents: [other, rename] }))
  })

  test('is this very one for this migration, in every release', () => {
    expect(checksum({ intents: [rename] })).toBe('64bc28d1daee9d0e8bf243262f3c9706cde892f318fa7c86789b02c9c3e8eb16')
  })

  test('does not depend on $schema, which is for editors', () => {
    const definition = { $schema: './migration.schema.json', intents: [rename] }
    expect(fromValues({ a: definition })[0]?.checksum).toBe(checksum({ intents: [rename] }))
  })
})
