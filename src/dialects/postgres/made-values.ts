import { sql } from 'kysely'
import type { Session } from '../dialect.ts'
import type { TypedValue } from '../round-trip.ts'
import { compileSql } from './sql.ts'
import { madeValue, type ParameterType } from './trial-values.ts'

/*
 * Values of a type that conversions treat differently: where it ends, what is empty, what has a sign, a fraction, a zone or letters of
 * several bytes. A plain one comes first. Each is text, as the server reads it.
 */

/** A type, its base type taken for a domain. */
interface ValueType extends Omit<ParameterType, 'category'> {
  /** Null where there is no such type. */
  readonly category: string | null
  /** Of an array the type of its elements. */
  readonly element: string | null
}

type Listed = readonly (readonly [value: string, what: string])[]

/** Values for each type, as format_type spells it. */
export async function valuesOf(
  session: Session,
  types: readonly string[],
): Promise<readonly (readonly TypedValue[])[]> {
  if (types.length === 0) return []
  const { rows } = await session.query<ValueType>(
    compileSql(sql`
      select case when t.typtype = 'd' then format_type(b.oid, t.typtypmod) else u.name end as name,
        case when b.typtype = 'm' then 'A' else b.typcategory::text end as category,
        case when b.typelem <> 0 and b.typcategory = 'A' then format_type(b.typelem, null) end as element,
        coalesce((select json_agg(e.enumlabel::text order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = b.oid), '[]') as labels
      from unnest(${sql.val(types)}::text[]) with ordinality u(name, n)
      left join pg_catalog.pg_type t on t.oid = pg_catalog.to_regtype(regexp_replace(u.name, '\\([^)]*\\)', ''))::oid
      left join pg_catalog.pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
      order by u.n`),
  )
  return rows.map((row) => madeFor(row).map(([value, what]) => ({ value, what })))
}

/** Values for one type. */
export function madeFor(type: ValueType): Listed {
  const { name, category, labels, element } = type
  if (labels.length > 0) return labels.map((label) => [label, `the label ${label}`] as const)
  if (category === 'A') {
    const [plain] = element === null ? [] : madeFor({ name: element, category: '', labels: [], element: null })
    const one = plain === undefined ? [] : ([[`{"${plain[0].replace(/["\\]/g, '\\$&')}"}`, 'an array']] as const)
    return [...one, ['{}', 'an empty array'], ['{NULL}', 'an array with a NULL']]
  }
  const modifier = /\(([^)]*)\)/.exec(name)?.[1]
  const [size, scale = 0] = (modifier ?? '').split(',').map(Number)
  const found = byName(name.replace(/\([^)]*\)/, ''), modifier === undefined ? null : (size ?? null), scale)
  return found ?? (category === '' || category === null ? [] : [[madeValue({ ...type, category }), 'a plain value']])
}

function byName(name: string, size: number | null, scale: number): Listed | null {
  switch (name) {
    case 'smallint':
      return integers('-32768', '32767')
    case 'integer':
      return integers('-2147483648', '2147483647')
    case 'bigint':
      return integers('-9223372036854775808', '9223372036854775807')
    case 'numeric':
      return size === null ? anyNumeric : numerics(size, scale)
    case 'real':
      return floats('3.4028235e+38', '16777217.5')
    case 'double precision':
      return floats('1.7976931348623157e+308', '0.30000000000000004')
    case 'text':
    case 'citext':
    case 'character varying':
      return texts(size)
    case 'character':
      return texts(size ?? 1).filter(([, what]) => what !== spaced)
    case 'timestamp without time zone':
      return moments('')
    case 'timestamp with time zone':
      return [...moments('+00'), ['2024-02-29 23:59:59.5+05:30', 'a time in a zone of half an hour']]
    default:
      return known[name] ?? null
  }
}

const integers = (smallest: string, largest: string): Listed => [
  ['1', 'a small number'],
  ['0', 'zero'],
  ['-1', 'a negative number'],
  [largest, `the largest number (${largest})`],
  [smallest, `the smallest number (${smallest})`],
]

function numerics(precision: number, scale: number): Listed {
  const whole = '9'.repeat(Math.max(precision - scale, 0)) || '0'
  const fraction = scale > 0 ? `.${'9'.repeat(scale)}` : ''
  const some = scale > 0 ? `0.${'123456789'.repeat(scale).slice(0, scale - 1)}5` : '12'
  return [
    ['1', 'a small number'],
    ['0', 'zero'],
    ...(scale > 0 && precision >= scale
      ? ([
          [some, `a fraction (${some})`],
          [`-${some}`, `a negative fraction (-${some})`],
        ] as const)
      : []),
    [`${whole}${fraction}`, `the largest number (${whole}${fraction})`],
    [`-${whole}${fraction}`, `the smallest number (-${whole}${fraction})`],
  ]
}

const anyNumeric: Listed = [
  ['1', 'a small number'],
  ['0', 'zero'],
  ['-0.5', 'a negative fraction (-0.5)'],
  ['1.50', 'a fraction that ends with a zero (1.50)'],
  ['0.12345678901234567891', 'a fraction of 20 digits'],
  ['12345678901234567890', 'a number of 20 digits'],
]

const floats = (largest: string, many: string): Listed => [
  ['1', 'a small number'],
  ['0', 'zero'],
  ['-0.5', 'a negative fraction (-0.5)'],
  [many, `a number of many digits (${many})`],
  [largest, `the largest number (${largest})`],
]

const spaced = 'a text with spaces at its ends'

function texts(size: number | null): Listed {
  const all: Listed = [
    ['a', 'a letter'],
    ['', 'the empty text'],
    [' a ', spaced],
    ['aB', 'upper and lower case'],
    ['é€😀', 'letters outside of ASCII'],
    ['it\'s a \\ "x"', 'quotes and a backslash'],
    ['a\nb', 'two lines'],
    ['007', "digits with zeros in front ('007')"],
    ['x'.repeat(size ?? 20_000), size === null ? 'a text of 20,000 letters' : `a text of full length (${size})`],
  ]
  return size === null ? all : all.filter(([value]) => [...value].length <= size)
}

const moments = (zone: string): Listed => [
  [`2024-02-29 23:59:59${zone}`, 'a time on the 29th of February'],
  [`2024-03-31 02:30:00.123456${zone}`, 'a time with microseconds'],
  [`1969-12-31 23:59:59${zone}`, 'a time before 1970'],
  [`0001-01-01 00:00:00${zone}`, 'a time in the year 1'],
  ['infinity', 'infinity'],
]

const known: Readonly<Record<string, Listed>> = {
  boolean: [
    ['true', 'true'],
    ['false', 'false'],
  ],
  date: [
    ['2024-02-29', 'the 29th of February'],
    ['1969-12-31', 'a day before 1970'],
    ['0001-01-01', 'a day in the year 1'],
    ['infinity', 'infinity'],
  ],
  'time without time zone': [
    ['12:34:56', 'a time of day'],
    ['00:00:00', 'midnight'],
    ['23:59:59.999999', 'a time of day with microseconds'],
  ],
  'time with time zone': [
    ['12:34:56+00', 'a time of day'],
    ['23:59:59.999999+05:30', 'a time of day in a zone of half an hour'],
  ],
  interval: [
    ['1 day', 'a day'],
    ['-1 day', 'a negative interval'],
    ['1 mon 25:00:00.5', 'months and more hours than a day has'],
  ],
  json: [
    ['{"a": 1}', 'an object'],
    ['null', 'the null of JSON'],
    ['[1, null, "é"]', 'an array'],
    ['{"b":1,  "a":1.50, "b":2}', 'an object with a key twice and spaces between'],
  ],
  jsonb: [
    ['{"a": 1}', 'an object'],
    ['null', 'the null of JSON'],
    ['[1, null, "é"]', 'an array'],
    ['1.50', 'a number'],
  ],
  bytea: [
    ['\\x61', 'a byte'],
    ['\\x', 'no bytes'],
    ['\\x00ff80', 'bytes that are no text'],
  ],
  money: [
    ['1.50', 'an amount'],
    ['-1.50', 'a negative amount'],
  ],
}
