/** What decides which values a parameter of a type takes. */
export interface ParameterType {
  readonly name: string
  /** Letters of pg_type: whether it is an array (`A`), a range (`R`), an enum (`E`). */
  readonly category: string
  /** The members of an enum. */
  readonly labels: readonly string[]
}

/** A value for each parameter, as the server reads it. */
export type Values = readonly (string | null)[]

const made: Readonly<Record<string, string>> = {
  boolean: 'true',
  date: '2020-01-02',
  'timestamp without time zone': '2020-01-02 03:04:05',
  'timestamp with time zone': '2020-01-02 03:04:05+00',
  'time without time zone': '03:04:05',
  'time with time zone': '03:04:05+00',
  interval: '1 day',
  uuid: '00000000-0000-4000-8000-000000000001',
  json: '{}',
  jsonb: '{}',
  jsonpath: '$',
  xml: '<a/>',
  inet: '127.0.0.1',
  cidr: '127.0.0.0/8',
  macaddr: '08:00:2b:01:02:03',
  macaddr8: '08:00:2b:01:02:03:04:05',
  point: '(1,1)',
  line: '{1,1,1}',
  lseg: '((1,1),(2,2))',
  box: '((1,1),(2,2))',
  path: '((1,1),(2,2))',
  polygon: '((1,1),(2,2))',
  circle: '<(1,1),1>',
}

/** A value that a parameter of this type takes. */
export function madeValue({ name, category, labels }: ParameterType): string {
  if (labels[0] !== undefined) return labels[0]
  if (category === 'A') return '{}'
  if (category === 'R') return 'empty'
  return made[name.replace(/\(.*?\)/, '')] ?? '1'
}

/** A list of values that fit the types. */
export const madeValues = (types: readonly ParameterType[]): Values => types.map(madeValue)

/** The author's lists of values, those with as many as there are parameters; where there are none, all values stand in the statement. */
export function givenValues(
  types: readonly ParameterType[],
  samples: readonly (readonly unknown[])[],
): readonly Values[] {
  if (types.length === 0) return [[]]
  return samples
    .filter((list) => list.length === types.length)
    .map((list) => list.map((value, at) => givenValue(value, types[at])))
}

/** A value of the author's, as the server reads it. */
export function givenValue(value: unknown, type: ParameterType | undefined): string | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value) && type?.category === 'A') return arrayOf(value)
  if (typeof value === 'string' && type !== undefined && /^jsonb?$/.test(type.name)) return isJson(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** In a list that is JSON already, the value of a JSON parameter may be its text, or a string in it. */
function isJson(value: string): string {
  try {
    JSON.parse(value)
    return value
  } catch {
    return JSON.stringify(value)
  }
}

function arrayOf(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (value === null || value === undefined) return 'NULL'
    if (Array.isArray(value)) return arrayOf(value)
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    return `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${items.join(',')}}`
}
