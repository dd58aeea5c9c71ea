import { expect, it } from 'vitest'
import { addColumn, changeType, createMigrator, type Intent, renameColumn, setNotNull } from '../../src/index.ts'
import {
  createDatabase,
  describeEachMysql,
  describeEachStartableMysql,
  mysqlRows,
  withMysql,
} from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'

/** Types of which the server stores a value of its own for a NULL; `only` for those that one of the two has. */
const types: readonly { readonly type: string; readonly only?: 'mysql' | 'mariadb' }[] = [
  { type: 'int' },
  { type: 'bigint unsigned zerofill' },
  { type: 'decimal(10,3)' },
  { type: 'float' },
  { type: 'year' },
  { type: 'bit(9)' },
  { type: 'char(5) character set latin1' },
  { type: "varchar(9) default 'd'" },
  { type: 'longtext' },
  { type: 'binary(4)' },
  { type: 'blob' },
  { type: "set('x', 'y')" },
  { type: "enum('it''s', 'b')" },
  { type: 'date' },
  { type: 'datetime(3)' },
  { type: 'time(2)' },
  { type: 'timestamp(2)' },
  { type: 'json', only: 'mysql' },
  { type: 'inet6', only: 'mariadb' },
]

/** What a session without strict mode does with the columns of an app: left out, NULL, set to NULL in the row of this note. */
const lax = (columns: readonly string[], nulls: readonly string[] = columns, note = 0): readonly string[] => [
  `set sql_mode = ''`,
  'insert into items (note) values (1)',
  `insert into items (note, ${nulls.join(', ')}) values (2, ${nulls.map(() => 'null').join(', ')}), (3, ${nulls.map(() => 'null').join(', ')})`,
  `update items set ${columns.map((column) => `${column} = null`).join(', ')} where note = ${note}`,
]

describeEachMysql('a session without strict mode', (server) => {
  async function played(
    table: string,
    seed: string,
    intents: readonly Intent[],
    accept: readonly string[],
    body: (
      run: (...statements: readonly string[]) => Promise<void>,
      rows: (sql: string) => Promise<unknown[][]>,
      migrator: ReturnType<typeof createMigrator>,
    ) => Promise<void>,
  ): Promise<void> {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m: { intents: [...intents], accept: accept.map((id) => ({ id, reason: 'the test is about it' })) },
      },
    })
    const run = (...statements: readonly string[]): Promise<void> =>
      withMysql(database.url, async (client) => {
        for (const statement of statements) await client.query(statement)
      })
    try {
      await run(`create table items (id int primary key auto_increment, note int, ${table})`, seed)
      await migrator.expand()
      await body(run, async (sql) => (await mysqlRows(database.url, sql)).map((row) => Object.values(row)), migrator)
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  it.each(['expanded', 'backfilled'])(
    'stores the same in both shapes where it gives a required column no value: %s',
    {
      timeout: 180_000,
    },
    async (state) => {
      const here = types.filter(({ only }) => only === undefined || only === server.kind)
      const all = here.map((_, index) => `c${index}`)
      // MySQL stores an ENUM's index 0 for a NULL that is given: no session of ours can say that.
      const said = all.filter((_, index) => server.kind === 'mariadb' || !here[index]?.type.startsWith('enum'))
      await played(
        here.map(({ type }, index) => `c${index} ${type.replace(/( default.*)?$/, ' not null$1')}`).join(', '),
        `set sql_mode = ''; insert into items (note) values (0), (4)`,
        all.map((column) => renameColumn({ table: 'items', from: column, to: `${column}_new` })),
        ['enum-without-default'],
        async (run, rows, migrator) => {
          // A row that is not filled yet has nothing that could be set to NULL.
          await run('update items set note = 5 where note = 4')
          if (state === 'backfilled') await migrator.backfill()
          await run(...lax(said))
          const coming = said.map((column) => `${column}_new`)
          const nulls = run(...lax(coming, coming, 5))
          // MySQL fails a NULL that a trigger gives to a column which has to have a value, in any session.
          if (server.kind === 'mysql') await expect(nulls).rejects.toThrow("'c0' cannot be null")
          else await nulls
          const apart = all.map((column) => `not (cast(${column} as binary) <=> cast(${column}_new as binary))`)
          expect(await rows(`select note, ${apart.join(', ')} from items where ${apart.join(' or ')}`)).toEqual([])
        },
      )
    },
  )

  it('leaves the shapes together where down has no value for a required column, and where errors are ignored', {
    timeout: 60_000,
  }, async () => {
    await played(
      `qty int not null, name varchar(9) not null, kind enum('b', 'a') not null`,
      `insert into items (note, qty, name, kind) values (0, 5, 'x', 'a'), (1, 6, 'y', 'a')`,
      [
        changeType({ table: 'items', column: 'qty', as: 'amount', to: 'bigint', up: 'qty', down: 'nullif(amount, 7)' }),
        renameColumn({ table: 'items', from: 'name', to: 'title' }),
        renameColumn({ table: 'items', from: 'kind', to: 'sort' }),
      ],
      ['up-needs-on-error', 'down-needs-on-error', 'enum-without-default'],
      async (run, rows, migrator) => {
        for (const fill of [false, true]) {
          if (fill) await migrator.backfill()
          // What is not filled yet is not apart.
          const end = (name: string, old: string): string => (fill ? name : `coalesce(${name}, ${old})`)
          const apart = (): Promise<unknown[][]> =>
            rows(
              `select note, qty, amount, name, title, kind, sort from items where not (qty <=> ${end('amount', 'qty')}) or not (name <=> ${end('title', 'name')}) or not (kind <=> ${end('sort', 'kind')})`,
            )
          for (const mode of ['', 'STRICT_ALL_TABLES']) {
            for (const statement of [
              'update items set amount = 7 where note = 0',
              'update ignore items set amount = 7 where note = 1',
              'update ignore items set amount = null where note = 0',
              'update ignore items set title = null where note = 0',
              'update ignore items set sort = null where note = 1',
              // MySQL stores an ENUM's index 0 for that: no session of ours can say that.
              ...(server.kind === 'mysql' ? [] : ['update ignore items set kind = null where note = 0']),
              `insert into items (note, amount, title, sort) values (2, 7, 'z', 'a')`,
              `insert ignore into items (note, amount, title, sort) values (3, 7, 'z', 'a')`,
              `insert ignore into items (note, amount, title, sort) values (4, 8, 'z', 'a'), (5, null, null, null)`,
              `insert ignore into items (note, qty, name, kind) values (6, 8, 'z', 'a'), (7, null, null, 'b')`,
            ]) {
              // What the server refuses changes nothing.
              await run(`set sql_mode = '${mode}'`, statement).catch(() => undefined)
              expect(await apart(), `${statement} (${mode}, ${fill})`).toEqual([])
            }
          }
        }
      },
    )
  })

  it('is warned of where what it stores for a NULL cannot be copied, and found by verification', {
    timeout: 60_000,
  }, async () => {
    const [type, value] = server.kind === 'mysql' ? ["enum('b', 'a')", "'a'"] : ['point', 'point(1, 1)']
    await played(
      `kind ${type} not null, free ${type}`,
      `insert into items (note, kind) values (0, ${value})`,
      ['kind', 'free'].map((column) => renameColumn({ table: 'items', from: column, to: `${column}_new` })),
      [],
      async (run, _, migrator) => {
        const [plan] = (await migrator.plan()).migrations
        const [warned, ...others] = plan?.hazards.filter(({ code }) => code === 'null-without-strict-mode') ?? []
        expect(warned).toMatchObject({ severity: 'warn', message: expect.stringContaining('items.kind') })
        expect(others).toEqual([])
        await migrator.backfill()
        expect((await migrator.verify()).migrations[0]?.ok).toBe(true)
        await run(`set sql_mode = ''`, 'insert into items (note, kind) values (1, null), (2, null)')
        expect((await migrator.verify()).migrations[0]?.ok).toBe(false)
      },
    )
  })

  it('is seen to write the old column by a NULL where that has a default', { timeout: 60_000 }, async () => {
    await played(
      `name varchar(9) not null default 'd', tag varchar(9) default (concat('a', 'b'))`,
      'insert into items (note) values (0)',
      ['name', 'tag'].map((column) => renameColumn({ table: 'items', from: column, to: `${column}_new` })),
      [],
      async (run, rows) => {
        const seen = async (): Promise<number> =>
          (await rows(`select distinct lens from bellows_writes where side = 'old'`)).length
        await run('insert into items (note) values (1)')
        expect(await seen()).toBe(0)
        await run(`set sql_mode = ''`, 'insert into items (note, name) values (2, null), (3, null)')
        expect(await seen()).toBe(1)
        await run('insert into items (note, tag) values (4, null)')
        expect(await seen()).toBe(2)
      },
    )
  })

  it('does so under the new names too, once the old column only follows', { timeout: 60_000 }, async () => {
    await played(
      `name varchar(9) not null default 'd', at timestamp not null`,
      `insert into items (note, at) values (0, now())`,
      ['name', 'at'].map((column) => renameColumn({ table: 'items', from: column, to: `${column}_new` })),
      [],
      async (run, rows, migrator) => {
        await migrator.backfill()
        await migrator.contract({ quietPeriod: 0 })
        await run(...lax(['name_new', 'at_new']))
        await migrator.rollback()
        const same = 'cast(name as binary) <=> cast(name_new as binary) and at <=> at_new'
        expect(await rows(`select note from items where not (${same})`)).toEqual([])
        expect(await rows('select note, name from items order by note')).toEqual([
          [0, ''],
          [1, 'd'],
          [2, ''],
          [3, ''],
        ])
      },
    )
  })

  it('gives a conversion what will be stored, and a new version its own value', { timeout: 120_000 }, async () => {
    await played(
      `qty int not null, price varchar(9) not null, kind enum('b', 'a') not null`,
      `insert into items (note, qty, price, kind) values (0, 5, 'x', 'a')`,
      [
        changeType({
          table: 'items',
          column: 'qty',
          as: 'amount',
          to: 'decimal(6,1)',
          up: 'qty + 1',
          down: 'amount - 1',
        }),
        changeType({ table: 'items', column: 'price', to: 'varchar(20)' }),
        addColumn({ table: 'items', column: 'tag', type: 'varchar(30)', up: `concat(kind, '-', note)` }),
      ],
      ['up-needs-on-error', 'down-needs-on-error', 'enum-without-default'],
      async (run, rows, migrator) => {
        await migrator.backfill()
        await run(...lax(['qty', 'price'], ['qty', 'price']))
        const see = 'select note, qty, amount, price, kind, tag from items order by id'
        const before = [
          [0, 0, '1.0', '', 'a', 'a-0'],
          [1, 0, '1.0', '', 'b', 'b-1'],
          [2, 0, '1.0', '', 'b', 'b-2'],
          [3, 0, '1.0', '', 'b', 'b-3'],
        ]
        expect(await rows(see)).toEqual(before)
        // The new version, in strict mode, gives what leads to the value that the server would have stored: still it is a value.
        await run(`insert into items (note, amount, price, kind) values (4, 1, 'y', 'a'), (5, 9, 'z', 'a')`)
        expect(await rows('select note, qty, amount from items where note > 3')).toEqual([
          [4, 0, '1.0'],
          [5, 8, '9.0'],
        ])
        await expect(run(`insert into items (note, price, kind) values (6, 'y', 'a')`)).rejects.toThrow(/qty/)
        const nulled = `update items set amount = null where note = 5`
        await expect(run(nulled)).rejects.toThrow("'qty' cannot be null")
        if (server.kind === 'mariadb') {
          await run(`set sql_mode = ''`, nulled)
          expect(await rows('select qty, amount from items where note = 5')).toEqual([[0, '1.0']])
        }
        expect(await rows('select * from bellows_conversion_failures')).toEqual([])
        await migrator.contract({ quietPeriod: 0 })
        await run(`set sql_mode = ''`, 'insert into items (note) values (7)')
        await migrator.rollback()
        expect(await rows('select qty, amount, price from items where note = 7')).toEqual([[-1, '0.0', '']])
        await migrator.contract({ quietPeriod: 0 })
      },
    )
  })
})

describeEachStartableMysql('a server with explicit_defaults_for_timestamp=OFF', (server) => {
  it('takes a NULL in a TIMESTAMP for now in both shapes, and gives no column of a plan a default of its own', {
    timeout: 120_000,
  }, async () => {
    const own = await startOwn(server, { 'explicit-defaults-for-timestamp': 'OFF' })
    if (own === null) throw new Error('it was startable')
    const database = await createDatabase(own)
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m1: { intents: [renameColumn({ table: 'items', from: 'at', to: 'at_new' })] },
        m2: { intents: [setNotNull({ table: 'items', column: 'later' })] },
      },
    })
    try {
      await withMysql(database.url, (client) =>
        client.query(
          'create table items (id int primary key, at timestamp(2) not null, later timestamp null default null)',
        ),
      )
      await migrator.expand({ name: 'm1' })
      await withMysql(database.url, async (client) => {
        await client.query('insert into items (id, at) values (1, now()), (2, null)')
        await client.query('insert into items (id, at) values (3, now())')
        await client.query('update items set at = null where id = 1')
        await client.query('update items set at_new = null where id = 3')
      })
      const rows = await mysqlRows(database.url, `select at > '2020-01-01' as set_, at <=> at_new as same from items`)
      expect(rows).toEqual([1, 2, 3].map(() => ({ set_: 1, same: 1 })))
      await expect(migrator.expand({ name: 'm2' })).rejects.toMatchObject({
        code: 'server.timestamp-defaults',
        exitCode: 3,
      })
    } finally {
      await migrator.close()
      await database.drop()
      await own.stop()
    }
  })
})
