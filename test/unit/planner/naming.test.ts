import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutBytes, maxNameBytes, ownName, shortHash } from '../../../src/planner/naming.ts'

const bytes = (text: string): number => Buffer.byteLength(text)
const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 })

describe('the short hash', () => {
  // The reference values of FNV-1a, 32 bits (draft-eastlake-fnv, appendix C).
  test.each([
    ['', '811c9dc5'],
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
  ])('of %j is that of the reference', (text, hash) => {
    expect(shortHash(text)).toBe(hash)
  })

  test('is 8 hex digits, also with leading zeros, and over the bytes of UTF-8', () => {
    fc.assert(fc.property(anyName, (text) => /^[0-9a-f]{8}$/.test(shortHash(text))))
    expect(shortHash('é')).not.toBe(shortHash('\u00c3'))
  })
})

describe('cutting to bytes', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abc', 2, 'ab'],
    ['éé', 3, 'é'],
    ['a👍b', 4, 'a'],
    ['a👍b', 5, 'a👍'],
    ['abc', 0, ''],
  ])('%j to %d gives %j', (text, size, cut) => {
    expect(cutBytes(text, size)).toBe(cut)
  })

  test('gives a beginning that fits and splits no character', () => {
    fc.assert(
      fc.property(anyName, fc.nat(70), (text, size) => {
        const cut = cutBytes(text, size)
        expect(text.startsWith(cut)).toBe(true)
        expect(bytes(cut)).toBeLessThanOrEqual(size)
        expect([...text].slice(0, [...cut].length).join('')).toBe(cut)
      }),
    )
  })
})

describe('the name of an object of ours', () => {
  test('begins with what it is and ends with the name it stands for', () => {
    expect(ownName('q', ['users', 'name'], 'name')).toMatch(/^bellows_q_[0-9a-f]{8}_name$/)
  })

  test('fits the server and stays the same', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(bytes(ownName('q', ['t'], name))).toBeLessThanOrEqual(maxNameBytes)
        expect(ownName('q', ['t'], name)).toBe(ownName('q', ['t'], name))
      }),
    )
  })

  test('is another one for another identity, also where the cut names are equal', () => {
    const long = 'x'.repeat(63)
    expect(ownName('q', ['t', `${long}1`], `${long}1`)).not.toBe(ownName('q', ['t', `${long}2`], `${long}2`))
  })

  test('tells parts apart that read the same when put together', () => {
    expect(ownName('q', ['ab', 'c'], 'c')).not.toBe(ownName('q', ['a', 'bc'], 'c'))
  })
})
