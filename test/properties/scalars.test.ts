import * as fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bindScalar, parseScalar } from '../../src/dialects/postgres/expressions.ts'
import { loadParser } from '../../src/dialects/postgres/parser.ts'
import { connect, describeEachServer } from '../servers/databases.ts'
import { runs, seed } from './seed.ts'

const quote = pg.escapeIdentifier
const loneSurrogate = /[\ud800-\udfff]/u
const fits = (name: string): boolean =>
  Buffer.byteLength(name) > 0 && Buffer.byteLength(name) <= 63 && !name.includes('\u0000') && !loneSurrogate.test(name)

/** Names as people and machines make them, and as nobody would. */
const name: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(
      'select',
      'user',
      'order',
      'NEW',
      'new',
      'old',
      't',
      'coalesce',
      'a.b',
      'a"b',
      "a'b",
      '$1',
      '--',
      '/*',
      'é',
      '列',
      '👍🏽',
      '\n',
      '%',
      '\\',
      ' ',
      'null',
      'case',
      'end',
      'E',
      'U&',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('"', "'", '$', '\\', '\n', ' ', '.', 'a', 'É', '(', ')', ';', '-', '/', '*'),
      minLength: 1,
      maxLength: 10,
    }),
  )
  .filter(fits)

/** How an author may write a name: quoted, or with the table before it, and bare where that is the same name. */
function mention(column: string, table: string): fc.Arbitrary<string> {
  const forms = [quote(column), `${quote(table)}.${quote(column)}`, `${quote(table)} . /* x */ ${quote(column)}`]
  return fc.constantFrom(...forms, ...(/^[a-z]{4,}$/.test(column) && !reserved.has(column) ? [column] : []))
}

const reserved = new Set(['select', 'user', 'order', 'null', 'case', 'end', 'coalesce'])

/** Text around the columns that looks like columns, strings, names and comments. */
function expression(columns: readonly string[], table: string): fc.Arbitrary<string> {
  const column = fc.constantFrom(...columns).chain((each) => mention(each, table))
  const noise = fc.constantFrom(...columns)
  const literal = fc
    .oneof(noise, fc.string({ unit: 'grapheme', maxLength: 6 }))
    .filter((text) => !text.includes('\u0000') && !loneSurrogate.test(text))
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      column,
      literal.map((text) => `'${text.replaceAll("'", "''")}'`),
      literal.map((text) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`),
      literal.filter((text) => !text.includes('$')).map((text) => `$q$${text}$q$`),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `${a} || ${b}`),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `coalesce(${a}, ${b})`),
      fc.tuple(tie('tree'), noise).map(([a, b]) => `(${a} -- ${b.replaceAll(/[\r\n]/g, ' ')}\n)`),
      fc
        .tuple(tie('tree'), noise)
        .map(([a, b]) => `/* ${b.replaceAll(/\*\/|\/\*/g, ' ').replaceAll(/[*/]/g, '')} */ upper(${a})`),
      fc
        .tuple(tie('tree'), tie('tree'))
        .map(([a, b]) => `case when ${a} = ${b} then ${a} else replace(${b}, 'a', '') end`),
      tie('tree').map((a) => `(${a})::varchar(40)::text`),
      tie('tree').map((a) => `cast(${a} as text) collate "C"`),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(array[${a}, ${b}])[1]`),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `concat(${a}, 1.50, null, ${b})`),
      fc
        .tuple(tie('tree'), tie('tree'))
        .map(([a, b]) => `case ${a} is null or not (${b} like '%a%') when true then ${b} end`),
    ),
  }))
  return tree
}

interface Sample {
  readonly table: string
  readonly columns: readonly string[]
  readonly text: string
  readonly values: readonly (string | null)[]
}

const sample: fc.Arbitrary<Sample> = fc
  .tuple(name, fc.uniqueArray(name, { minLength: 1, maxLength: 4 }))
  .chain(([table, columns]) =>
    fc.record({
      table: fc.constant(table),
      columns: fc.constant(columns),
      text: expression(columns, table),
      values: fc.array(fc.constantFrom(null, '', 'a', 'B', "it's", 'ä%_'), {
        minLength: columns.length,
        maxLength: columns.length,
      }),
    }),
  )

describeEachServer(`an expression with its columns put elsewhere (seed ${seed})`, (server) => {
  let client: pg.Client
  beforeAll(async () => {
    await loadParser()
    client = await connect(server.url)
  })
  afterAll(() => client.end())

  it('means what it meant where the author wrote it', async () => {
    await fc.assert(
      fc.asyncProperty(sample, async ({ table, columns, text, values }) => {
        const places = values.map((_, index) => `$${index + 1}::text`).join(', ')
        const original = await client.query<{ r: string | null }>(
          `select (\n${text}\n)::text as r from (values (${places})) as ${quote(table)} (${columns.map(quote).join(', ')})`,
          [...values],
        )
        const bound = bindScalar(
          parseScalar(text, 'up', table),
          (column) => `moved.${quote(`c${columns.indexOf(column)}`)}`,
        )
        const moved = await client.query<{ r: string | null }>(
          `select (\n${bound}\n)::text as r from (values (${places})) as moved (${columns.map((_, index) => quote(`c${index}`)).join(', ')})`,
          [...values],
        )
        expect(moved.rows).toEqual(original.rows)
      }),
      runs(600),
    )
  })

  it('reads the columns that it names, and no others', async () => {
    await fc.assert(
      fc.property(sample, ({ table, columns, text }) => {
        const parsed = parseScalar(text, 'up', table)
        const named = new Set(parsed.columns.map((column) => column.name))
        expect(columns).toEqual(expect.arrayContaining([...named]))
        for (const { name: column, start, end } of parsed.columns) {
          const written = Buffer.from(text).subarray(start, end).toString()
          expect(written.endsWith(quote(column)) || written.toLowerCase() === column).toBe(true)
        }
      }),
      runs(600),
    )
  })
})
