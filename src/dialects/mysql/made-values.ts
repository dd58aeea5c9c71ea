import type { Session } from '../dialect.ts'
import type { TypedValue } from '../round-trip.ts'
import { familyOf } from './types.ts'

/*
 * Values of a type that conversions treat differently: where it ends, what is empty, what has a sign, a fraction or letters of several
 * bytes. A plain one comes first. Each is text, as the server reads it.
 */

type Listed = readonly (readonly [value: string, what: string])[]

/** Values for each type, as the server spells it. */
export function valuesOf(_: Session, types: readonly string[]): Promise<readonly (readonly TypedValue[])[]> {
  return Promise.resolve(types.map((type) => madeFor(type).map(([value, what]) => ({ value, what }))))
}

/** Values for one type. */
export function madeFor(type: string): Listed {
  const word = /^\w+/.exec(type.toLowerCase())?.[0] ?? ''
  const [size, scale = 0] = (/\(([\d,\s]+)\)/.exec(type)?.[1] ?? '').split(',').map(Number)
  switch (familyOf(type)) {
    case 'integer':
      return integers(word, false)
    case 'unsigned':
      return word === 'year' ? years : integers(word, true)
    case 'decimal':
      return decimals(size || 10, scale, /unsigned/i.test(type))
    case 'float':
      return floats(word === 'float', /unsigned/i.test(type))
    case 'text':
      return special[word] ?? texts(word, size || null)
    case 'enum':
      return members(type).map((label) => [label, `the label ${label}`])
    case 'set':
      return sets(members(type))
    case 'temporal':
      return temporals[word] ?? []
    case 'json':
      return jsons
    case 'binary':
      return binaries.filter(
        ([value]) => size === undefined || Number.isNaN(size) || value.length <= size || size === 0,
      )
    default:
      return []
  }
}

const bits: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  integer: 32n,
  bigint: 64n,
}

function integers(word: string, unsigned: boolean): Listed {
  const all = bits[word] ?? 32n
  const largest = String((1n << (unsigned ? all : all - 1n)) - 1n)
  const smallest = String(-(1n << (all - 1n)))
  return [
    ['1', 'a small number'],
    ['0', 'zero'],
    [largest, `the largest number (${largest})`],
    ...(unsigned
      ? []
      : ([
          ['-1', 'a negative number'],
          [smallest, `the smallest number (${smallest})`],
        ] as const)),
  ]
}

function decimals(precision: number, scale: number, unsigned: boolean): Listed {
  const whole = '9'.repeat(Math.max(precision - scale, 0)) || '0'
  const largest = `${whole}${scale > 0 ? `.${'9'.repeat(scale)}` : ''}`
  const some = `0.${'123456789'.repeat(4).slice(0, scale - 1)}5`
  return [
    ['1', 'a small number'],
    ['0', 'zero'],
    ...(scale > 0 ? ([[some, `a fraction (${some})`]] as const) : []),
    [largest, `the largest number (${largest})`],
    ...(unsigned ? [] : ([[`-${largest}`, `the smallest number (-${largest})`]] as const)),
  ]
}

function floats(single: boolean, unsigned: boolean): Listed {
  const largest = single ? '3.40282e38' : '1.7976931348623157e308'
  const many = single ? '16777215' : '0.30000000000000004'
  return [
    ['1', 'a small number'],
    ['0', 'zero'],
    ...(unsigned ? [] : ([['-0.5', 'a negative fraction (-0.5)']] as const)),
    [many, `a number of many digits (${many})`],
    [largest, `the largest number (${largest})`],
  ]
}

/** In characters, which may be of several bytes. */
const lengths: Readonly<Record<string, number>> = { char: 1, tinytext: 255 }

function texts(word: string, given: number | null): Listed {
  const size = given ?? lengths[word] ?? null
  const all: Listed = [
    ['a', 'a letter'],
    ['', 'the empty text'],
    [' a ', 'a text with spaces at its ends'],
    ['aB', 'upper and lower case'],
    ['é€', 'letters outside of ASCII'],
    ['😀', 'a letter of four bytes'],
    ['it\'s a \\ "x"', 'quotes and a backslash'],
    ['a\nb', 'two lines'],
    ['007', "digits with zeros in front ('007')"],
    ['x'.repeat(size ?? 20_000), size === null ? 'a text of 20,000 letters' : `a text of full length (${size})`],
  ]
  const fitting = size === null ? all : all.filter(([value]) => [...value].length <= size)
  // The server takes the spaces at the end of a CHAR away itself.
  return word === 'char' ? fitting.filter(([value]) => value !== ' a ') : fitting
}

const special: Readonly<Record<string, Listed>> = {
  uuid: [['00000000-0000-4000-8000-000000000001', 'a UUID']],
  inet4: [['127.0.0.1', 'an address']],
  inet6: [['::1', 'an address']],
}

/** The members of an ENUM or SET, as its type lists them. */
const members = (type: string): readonly string[] =>
  [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = '']) => member.replaceAll("''", "'"))

function sets(all: readonly string[]): Listed {
  const several: Listed = all.length > 1 ? [[all.join(','), 'all members at once']] : []
  return [...all.map((member) => [member, `the member ${member}`] as const), ['', 'no member'], ...several]
}

const days: Listed = [
  ['2024-02-29', 'the 29th of February'],
  ['1969-12-31', 'a day before 1970'],
  ['9999-12-31', 'the last day'],
]

const temporals: Readonly<Record<string, Listed>> = {
  date: days,
  datetime: [
    ['2024-02-29 23:59:58', 'a time on the 29th of February'],
    ['2024-03-31 02:30:00.123456', 'a time with microseconds'],
    ['1969-12-31 23:59:58', 'a time before 1970'],
    ['1000-01-01 00:00:00', 'a time in the year 1000'],
    ['9999-12-31 23:59:58', 'a time on the last day'],
  ],
  timestamp: [
    ['2024-02-29 23:59:58', 'a time on the 29th of February'],
    ['2024-03-31 02:30:00.123456', 'a time with microseconds'],
    ['1970-01-02 00:00:01', 'the first day'],
    ['2038-01-18 03:14:07', 'the last day'],
  ],
  time: [
    ['12:34:56', 'a time of day'],
    ['23:59:58.123456', 'a time of day with microseconds'],
    ['-01:00:00', 'a negative time'],
    ['838:59:59', 'the longest time'],
  ],
}

const years: Listed = [
  ['2024', 'a year'],
  ['1901', 'the first year'],
  ['2155', 'the last year'],
]

const jsons: Listed = [
  ['{"a": 1}', 'an object'],
  ['null', 'the null of JSON'],
  ['[1, null, "é"]', 'an array'],
  ['{"b":1,  "a":1.50, "b":2}', 'an object with a key twice and spaces between'],
]

const binaries: Listed = [
  ['a', 'a byte'],
  ['', 'no bytes'],
  ['é', 'bytes that are no ASCII'],
]
