import { expect, it } from 'vitest'
import type { Session } from '../../src/dialects/dialect.ts'
import { mysqlDialect } from '../../src/dialects/mysql/index.ts'
import { createMigrator, renameColumn } from '../../src/index.ts'
import type { Lens } from '../../src/planner/links/lens.ts'
import { keyIn } from '../../src/runner/batch.ts'
import { open } from '../integration/connection/mysql/open.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

/** A key by its columns, and values of it as SQL, each a row. The first and the last of its order are among them. */
interface Key {
  readonly name: string
  readonly columns: string
  readonly key: string
  readonly rows: readonly string[]
  readonly only?: 'mysql' | 'mariadb'
}

const single = (type: string, ...values: readonly string[]): Key => ({
  name: type,
  columns: `id ${type} not null`,
  key: 'id',
  rows: values,
})

const keys: readonly Key[] = [
  single('tinyint', '-128', '-1', '0', '1', '127'),
  single('bigint', '-9223372036854775808', '-9007199254740993', '0', '9007199254740993', '9223372036854775807'),
  single(
    'bigint unsigned',
    '0',
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551614',
    '18446744073709551615',
  ),
  single('int unsigned zerofill', '0', '7', '4294967295'),
  single('year', '1901', '2000', '2155'),
  single(
    'decimal(65,30)',
    '-99999999999999999999999999999999999.999999999999999999999999999999',
    '-0.000000000000000000000000000001',
    '0',
    '0.000000000000000000000000000001',
    '99999999999999999999999999999999999.999999999999999999999999999999',
  ),
  single('decimal(20,0) unsigned', '0', '18446744073709551615', '99999999999999999999'),
  single('date', "'1000-01-01'", "'1969-12-31'", "'9999-12-31'"),
  single('datetime', "'1000-01-01 00:00:00'", "'2020-02-29 23:59:59'", "'9999-12-31 23:59:59'"),
  single(
    'datetime(6)',
    "'1000-01-01 00:00:00.000001'",
    "'2020-02-29 12:00:00.000001'",
    "'2020-02-29 12:00:00.000002'",
    "'9999-12-31 23:59:59.999999'",
  ),
  single('timestamp(6)', "'1970-01-02 00:00:01.000001'", "'2020-10-25 01:30:00.5'", "'2038-01-18 03:14:07.999999'"),
  single(
    'time',
    "'-838:59:59'",
    "'-100:00:00'",
    "'-00:00:01'",
    "'00:00:00'",
    "'23:59:59'",
    "'100:00:00'",
    "'838:59:59'",
  ),
  single(
    'time(6)',
    "'-838:59:58.999999'",
    "'-00:00:00.000001'",
    "'00:00:00'",
    "'100:00:00.000001'",
    "'838:59:58.999999'",
  ),
  single('binary(3)', "x'000000'", "x'000001'", "x'4100ff'", "x'ffffff'"),
  single('varbinary(8)', "''", "x'00'", "x'0000'", "x'5c27'", "x'fffffffffffffffe'", "x'ffffffffffffffff'"),
  single("enum('zebra','ant','it''s','')", "'zebra'", "'ant'", `"it's"`, "''"),
  single('char(5) character set utf8mb4 collate utf8mb4_bin', "''", "'A'", "'a'", "'\\\\\\''", "'😀'"),
  single('varchar(9) character set latin1 collate latin1_swedish_ci', "''", "'a'", "'é'", "'z\\\\\\''", "'ÿ'"),
  single('varchar(9) character set utf8mb4 collate utf8mb4_general_ci', "''", "'B'", "'c d'", "'ß'", "'😀'"),
  single('varchar(9) character set utf8mb4 collate utf8mb4_unicode_520_ci', "'%'", "'a'", "'ñ'", "'ö '", "'ž'"),
  single('varchar(9) character set utf16 collate utf16_general_ci', "'a'", "'ö'", "'日本'"),
  {
    ...single(
      'uuid',
      "'00000000-0000-0000-0000-000000000000'",
      "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
      "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
    ),
    only: 'mariadb',
  },
  { ...single('inet6', "'::'", "'::ffff:192.0.2.1'", "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'"), only: 'mariadb' },
  {
    name: 'several columns',
    columns: `place varchar(9) not null, at time not null, mark varbinary(4) not null, n bigint unsigned not null, side enum('b','a') not null`,
    key: 'place, at, mark, n, side',
    rows: [
      `'', '-100:00:00', '', 0, 'b'`,
      `'', '-100:00:00', '', 0, 'a'`,
      `'', '100:00:00', x'00', 18446744073709551615, 'b'`,
      `'', '100:00:00', x'ff', 9223372036854775808, 'b'`,
      `'é', '00:00:00', x'00', 1, 'a'`,
      `'z', '838:59:59', x'ffffffff', 18446744073709551615, 'a'`,
    ],
  },
  {
    name: 'an order that goes down',
    columns: 'a bigint unsigned not null, b time not null',
    key: 'a desc, b',
    rows: [`18446744073709551615, '100:00:00'`, `9223372036854775808, '-1:00:00'`, `0, '838:59:59'`],
  },
]

const table = (at: number): string => `t${at}`

describeEachMysql('a table is walked by its key, whatever that is', (server) => {
  const played = keys.filter(({ only }) => only === undefined || only === server.kind)

  it('every row is filled and verified, at the ends of its order too', { timeout: 120_000 }, async () => {
    const database = await createDatabase(server)
    const intents = played.map((_, at) => renameColumn({ table: table(at), from: 'name', to: 'full_name' }))
    const accept = [{ id: 'enum-without-default', reason: 'a key is always given' }]
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents, accept } } })
    try {
      await withMysql(database.url, async (client) => {
        await client.query("set time_zone = '+00:00'")
        for (const [at, { columns, key, rows }] of played.entries()) {
          const values = rows.map((row, index) => `(${row}, 'n${index}')`).join(', ')
          await client.query(
            `create table ${table(at)} (${columns}, name varchar(20), unique key walked (${key})); insert into ${table(at)} values ${values}`,
          )
        }
      })
      await migrator.expand()
      const walked = await walkedOneByOne(database.url)
      await migrator.backfill()
      const verified = (await migrator.verify()).migrations[0]?.lenses ?? []
      for (const [at, { name, rows }] of played.entries()) {
        const all = rows.map((_, index) => `n${index}`)
        expect(walked.get(table(at)), name).toEqual(all.map(() => 1))
        const found = await mysqlRows(database.url, `select full_name from ${table(at)} order by name`)
        expect(
          found.map((row) => row.full_name),
          name,
        ).toEqual(all)
        const compared = verified.find((lens) => lens.table.endsWith(`.${table(at)}`))
        expect(compared, name).toMatchObject({ rows: rows.length, mismatches: 0 })
      }
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})

/** Walks each table with every key as the end of a range: how many rows lie in each. */
async function walkedOneByOne(url: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = await mysqlRows<{ lens: Lens | string }>(url, 'select lens from bellows_lenses')
  const session = await open(url)
  const all = new Map<string, readonly number[]>()
  try {
    for (const { lens } of rows) {
      const each = typeof lens === 'string' ? (JSON.parse(lens) as Lens) : lens
      all.set(each.table.name, await walk(session, each))
    }
    return all
  } finally {
    await session.close()
  }
}

async function walk(session: Session, lens: Lens): Promise<readonly number[]> {
  const { ranges, mismatches } = mysqlDialect()
  const { last, boundary } = ranges(lens)
  const found: number[] = []
  const [greatest] = (await session.query(last())).rows
  const end = keyIn(greatest ?? {}, lens.key.length)
  for (let from: readonly string[] | null = null; found.length < 20; ) {
    const [next] = (await session.query(boundary(from, end, 1))).rows
    if (next === undefined) return found
    const to = keyIn(next, lens.key.length)
    const context = { stateSchema: 'bellows', active: [] }
    const [compared] = (await session.query<{ rows: number }>(mismatches(lens, 'fill', from, to, context))).rows
    found.push(Number(compared?.rows))
    from = to
  }
  return found
}
