import { familyOf } from './types.ts'

const sizes: Readonly<Record<string, number>> = { tinyint: 1, smallint: 2, mediumint: 3, int: 4, integer: 4, bigint: 8 }

const word = (type: string): string => /^\w+/.exec(type.toLowerCase())?.[0] ?? ''

/** How many characters the values of an integer take at most. */
const digits: Readonly<Record<string, number>> = { 1: 4, 2: 6, 3: 8, 4: 11, 8: 20 }

/** Of these a digit is more than its byte: what an integer is as bytes is not what its text is. */
const wide = /^(ucs2|utf16|utf32)/

/** The type of a column, and the collation of a text. */
interface Typed {
  readonly type: string
  readonly collation: string | null
}

/**
 * Can giving a value of one type to a column of another change it, or fail? Only where the answer is surely no is it given so: an
 * integer into a wider one of the same kind, a text into a longer one, an integer into a text in which all its digits have room.
 * Everything else is worked out where an error can be caught.
 */
export function castCanRaise({ type: from, collation: before }: Typed, { type: to, collation: after }: Typed): boolean {
  const sameCharset = before === after
  if (from.toLowerCase() === to.toLowerCase() && sameCharset) return false
  const source = familyOf(from)
  const target = familyOf(to)
  const whole = source === 'integer' || source === 'unsigned'
  if (/zerofill/i.test(from + to)) return true
  if (whole && target === 'text') {
    const needed = digits[sizes[word(from)] ?? 0]
    return needed === undefined || longest(to) < needed || after === null || wide.test(after)
  }
  if (source !== target) return true
  if (whole) {
    const before = sizes[word(from)]
    const after = sizes[word(to)]
    return before === undefined || after === undefined || after < before
  }
  if (source !== 'text' || !sameCharset) return true
  return longest(to) < longest(from) || word(from) === 'char' || word(to) === 'char'
}

/** How many characters surely fit. */
function longest(type: string): number {
  const fixed: Readonly<Record<string, number>> = {
    tinytext: 63,
    text: 16_383,
    mediumtext: 4_194_303,
    longtext: 2 ** 30,
  }
  const named = fixed[word(type)]
  if (named !== undefined) return named
  return word(type) === 'varchar' ? Number(/\((\d+)\)/.exec(type)?.[1] ?? 0) : 0
}

/** Every collation is named after its character set. */
export const charsetOf = (collation: string | null): string | null => collation?.split('_', 1)[0] ?? null

/**
 * A value for a NOT NULL column where there is no better one: zero, the empty text, the first of an enumeration. As SQL, in a form
 * that a DEFAULT takes too; null where the type has none.
 */
export function emptyValue(type: string): string | null {
  switch (familyOf(type)) {
    case 'integer':
    case 'unsigned':
      return /^year/i.test(type) ? '2000' : '0'
    case 'decimal':
    case 'float':
      return '0'
    case 'temporal':
      return /^time\b/i.test(type) ? "'00:00:00'" : "'1970-01-02'"
    case 'enum':
      return /'(?:[^']|'')*'/.exec(type)?.[0] ?? null
    case 'bit':
      return "b'0'"
    case 'text':
      return /^(uuid|inet)/i.test(type) ? null : "''"
    case 'binary':
    case 'set':
      return "''"
    case 'json':
      return "'null'"
    default:
      return null
  }
}

/**
 * What the server itself stores in a NOT NULL column for a NULL, or for nothing, in a session that lets it, as SQL; null where there
 * is no such value, or none that can be said. Found by trying. MySQL stores index 0 of an ENUM, which no strict session can say,
 * for a NULL that is given, and the first member only for one that is left out.
 */
export function implicitValue(type: string, mariadb: boolean): string | null {
  switch (familyOf(type)) {
    case 'integer':
    case 'unsigned':
    case 'decimal':
    case 'float':
      return '0'
    case 'bit':
      return "b'0'"
    case 'enum':
      return '1'
    case 'json':
      return "'null'"
    case 'temporal':
      return implicitTime(type, mariadb)
    case 'text':
    case 'binary':
    case 'set':
      return implicitTexts[word(type)] ?? "''"
    default:
      return null
  }
}

const implicitTexts: Readonly<Record<string, string>> = {
  uuid: "'00000000-0000-0000-0000-000000000000'",
  inet4: "'0.0.0.0'",
  inet6: "'::'",
}

function implicitTime(type: string, mariadb: boolean): string {
  // MariaDB takes a NULL for "now" there, in strict mode too.
  if (mariadb && word(type) === 'timestamp') return `CURRENT_TIMESTAMP${/\(\d\)/.exec(type)?.[0] ?? ''}`
  if (word(type) === 'time') return "'00:00:00'"
  return word(type) === 'date' ? "'0000-00-00'" : "'0000-00-00 00:00:00'"
}

/** {@link emptyValue} as a DEFAULT: MySQL takes no literal for the types without a length. */
export function emptyDefault(type: string, longDefaults: boolean): string | null {
  return !longDefaults && /^(\w*text|\w*blob|json)/i.test(type) ? null : emptyValue(type)
}
