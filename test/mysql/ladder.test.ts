import { expect, it } from 'vitest'
import {
  addColumn,
  createMigrator,
  dropColumn,
  type Intent,
  type Migrator,
  renameColumn,
  setNotNull,
} from '../../src/index.ts'
import { outcome } from '../integration/shop.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

const long = 'é'.repeat(60)
const back = { quietPeriod: 0, acceptLoss: true, reason: 'a test' }
const contract = { quietPeriod: 0, retention: 0 }

// PostgreSQL has no ALGORITHM and no LOCK.
describeEachMysql('what a server is asked for, and what it may do instead', (server) => {
  const isMysql = server.kind === 'mysql'

  async function withTable(
    columns: string,
    intents: readonly Intent[],
    body: (migrator: Migrator, url: string) => Promise<void>,
  ): Promise<void> {
    const database = await createDatabase(server)
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents } } })
    try {
      await withMysql(database.url, async (client) => {
        await client.query(`create table items (id int auto_increment primary key, ${columns})`)
        await client.query('insert into items () values (), (), ()')
      })
      await body(migrator, database.url)
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  const walked = async (migrator: Migrator): Promise<void> => {
    await migrator.expand()
    await migrator.backfill()
    await migrator.contract(contract)
  }
  const steppedDown = async (url: string): Promise<readonly { step: string; statement: string }[]> => {
    const rows = await mysqlRows<{ detail: unknown }>(
      url,
      `select detail from bellows_events where kind = 'stepped-down' order by id`,
    )
    return rows.map(({ detail }) => (typeof detail === 'string' ? JSON.parse(detail) : detail))
  }
  const columns = async (url: string): Promise<readonly string[]> =>
    (
      await mysqlRows<{ name: string }>(
        url,
        `select column_name as name from information_schema.columns where table_name = 'items' and table_schema = database() order by ordinal_position`,
      )
    ).map(({ name }) => name)

  it('drops a column whose name is too long for that to be done in the catalog', { timeout: 60_000 }, async () => {
    await withTable(`${long} int, kept int`, [dropColumn({ table: 'items', column: long })], async (migrator, url) => {
      const [plan] = (await migrator.plan()).migrations
      expect(plan!.phases.purge.flatMap(({ otherwise = [] }) => otherwise)).toMatchObject([
        {
          of: expect.stringContaining('algorithm=instant'),
          statements: [expect.stringMatching(/inplace, lock=none$/)],
        },
      ])
      expect(await migrator.planSql()).toMatch(/-- or, where the server refuses that: alter table .* lock=none;/)
      await walked(migrator)
      expect(await columns(url)).toEqual(['id', 'kept'])
      // The hidden name is ours, and short enough.
      expect(await steppedDown(url)).toEqual([])
    })
    await withTable(`kept int`, [addColumn({ table: 'items', column: long, type: 'int' })], async (migrator, url) => {
      await migrator.expand()
      await migrator.rollback(back)
      expect(await columns(url)).toEqual(['id', 'kept'])
      expect(await steppedDown(url)).toHaveLength(isMysql ? 1 : 0)
    })
    await withTable(
      `${long} int`,
      [renameColumn({ table: 'items', from: long, to: 'short' })],
      async (migrator, url) => {
        await walked(migrator)
        expect(await columns(url)).toEqual(['id', 'short'])
      },
    )
  })

  it('asks for a form that was refused only once', { timeout: 60_000 }, async () => {
    const intents = [addColumn({ table: 'items', column: 'fresh', type: 'int' })]
    await withTable('kept int', intents, async (migrator, url) => {
      await migrator.expand()
      const asked = (): Promise<Record<string, unknown>[]> =>
        mysqlRows(
          url,
          `select convert(argument using utf8mb4) as said from mysql.general_log where command_type = 'Query' and argument like '%drop column%' and argument like concat('alter table%', database(), '%')`,
        )
      await withMysql(url, (client) =>
        client.query(
          `create index mine on items (fresh); set @out = @@global.log_output; set global log_output = 'TABLE'; set global general_log = 1`,
        ),
      )
      try {
        await migrator.rollback(back)
        expect(await steppedDown(url)).toHaveLength(1)
        expect((await asked()).map(({ said }) => String(said).replace(/.*algorithm/s, 'algorithm'))).toEqual([
          'algorithm=instant, lock=default',
          'algorithm=inplace, lock=none',
        ])
      } finally {
        await withMysql(url, (client) => client.query(`set global general_log = 0; set global log_output = 'FILE'`))
      }
    })
  })

  it('makes a table anew when it has had all the versions that its rows can have', {
    timeout: 120_000,
  }, async (context) => {
    if (!isMysql) return context.skip('MariaDB counts no versions')
    const intents = [addColumn({ table: 'items', column: 'fresh', type: 'int' })]
    await withTable('kept int', intents, async (migrator, url) => {
      const [{ version } = { version: '' }] = await mysqlRows<{ version: string }>(url, 'select version() as version')
      const limit = Number.parseFloat(version) >= 9.1 ? 255 : 64
      const change = (times: number): Promise<void> =>
        withMysql(url, async (client) => {
          for (let count = 0; count < times; count++)
            await client.query(
              count % 2 === 0
                ? 'alter table items add column spare int, algorithm=instant'
                : 'alter table items drop column spare, algorithm=instant',
            )
        })
      await change(limit - 1)
      const [plan] = (await migrator.plan()).migrations
      expect(plan!.hazards).toMatchObject([
        { code: 'row-versions' },
        { code: 'column-visible' },
        { code: 'read-before-write' },
      ])
      await migrator.expand()
      await migrator.rollback(back)
      expect(await steppedDown(url)).toMatchObject([{ step: 'expand.items.fresh~undo.0' }])
      // That has set the count to 0.
      await change(limit - 1 + ((limit - 1) % 2))
      expect((await mysqlRows(url, 'select count(*) as n from items'))[0]).toEqual({ n: 3 })
      await withMysql(url, (client) => client.query('alter table items add column last int, algorithm=instant'))
      expect(await outcome(migrator.plan())).toBe('3 plan.row-versions')
    })
  })

  it('copies a table only where others can go on writing', { timeout: 60_000 }, async () => {
    const intents = [setNotNull({ table: 'items', column: 'kept', up: '0' })]
    await withTable(
      'kept int, other int default 2, twice int as (other * 2) stored',
      intents,
      async (migrator, url) => {
        const copies = server.name === 'mariadb118'
        if (server.kind === 'mariadb' && !copies) {
          expect(await outcome(migrator.expand())).toBe('3 plan.not-online')
          return
        }
        await walked(migrator)
        expect(await steppedDown(url)).toMatchObject(
          copies ? [{ statement: expect.stringMatching(/algorithm=copy, lock=none$/) }] : [],
        )
        expect(await mysqlRows(url, 'select kept, twice from items')).toEqual(Array(3).fill({ kept: 0, twice: 4 }))
      },
    )
  })
})
