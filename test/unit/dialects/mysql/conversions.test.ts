import { describe, expect, test } from 'vitest'
import { castCanRaise } from '../../../../src/dialects/mysql/conversions.ts'

/** A type, and for texts their collation: `varchar(9) utf8mb4_bin`. */
const typed = (text: string): { type: string; collation: string | null } => {
  const [, type, collation] = /^(.*?)(?: ([a-z0-9]+_\w+))?$/.exec(text) ?? []
  return { type: type ?? '', collation: collation ?? null }
}

describe('a conversion', () => {
  test.each([
    ['int', 'bigint'],
    ['int unsigned', 'bigint unsigned'],
    ['varchar(9) utf8mb4_bin', 'varchar(10) utf8mb4_bin'],
    ['varchar(9) utf8mb4_bin', 'text utf8mb4_bin'],
    ['int', 'varchar(11) latin1_swedish_ci'],
    ['bigint', 'varchar(20) utf8mb4_bin'],
    ['bigint unsigned', 'tinytext utf8mb4_bin'],
  ])('of %s to %s raises for no value', (from, to) => {
    expect(castCanRaise(typed(from), typed(to))).toBe(false)
  })

  test.each([
    ['bigint', 'int'],
    ['int', 'int unsigned'],
    ['varchar(10) utf8mb4_bin', 'varchar(9) utf8mb4_bin'],
    ['varchar(9) utf8mb4_bin', 'varchar(9) latin1_swedish_ci'],
    ['varchar(11) utf8mb4_bin', 'int'],
    ['int', 'varchar(10) utf8mb4_bin'],
    ['bigint', 'varchar(19) utf8mb4_bin'],
    ['int', 'char(11) utf8mb4_bin'],
    // There a digit is not its byte, which is what the comparison is made of.
    ['int', 'varchar(11) utf16_bin'],
    ['int(6) unsigned zerofill', 'varchar(11) utf8mb4_bin'],
    ['year', 'varchar(11) utf8mb4_bin'],
    ['int', 'uuid utf8mb4_bin'],
    ['int', 'varchar(11)'],
  ])('of %s to %s can raise or change a value', (from, to) => {
    expect(castCanRaise(typed(from), typed(to))).toBe(true)
  })
})
