import { expect, it } from 'vitest'
import { changeType, createMigrator, dropNotNull, type MigratorOptions, renameColumn } from '../../src/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

const checked = { mysql: '', mariadb: ` check (kind <> 'never')` } as const

/** What the server says of two `no json` and a `{`, by number. */
const codes = { mysql: ['3140', '3140', '3140'], mariadb: ['4037', '4038', '4038'] } as const

describeEachMysql('a JSON column', (server) => {
  const kind = server.kind as 'mysql' | 'mariadb'

  async function played(
    migrations: NonNullable<MigratorOptions['migrations']>,
    body: (
      migrator: ReturnType<typeof createMigrator>,
      run: (...statements: readonly string[]) => Promise<void>,
      rows: (sql: string) => Promise<Record<string, unknown>[]>,
    ) => Promise<void>,
  ): Promise<void> {
    const database = await createDatabase(server)
    const migrator = createMigrator({ database: database.url, migrations })
    const run = (...statements: readonly string[]): Promise<void> =>
      withMysql(database.url, async (client) => {
        for (const statement of statements) await client.query(statement)
      })
    try {
      await run(
        `create table items (id int primary key auto_increment, doc json not null, kind varchar(9) not null${checked[kind]}, other json, txt varchar(20))`,
        `insert into items (doc, kind, other) values ('{"a": 1}', 'x', '[]')`,
      )
      await body(migrator, run, (sql) => mysqlRows(database.url, sql))
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  it('becomes a text and comes back, and its CHECK fails no write on the way', { timeout: 90_000 }, async () => {
    const intents = [changeType({ table: 'items', column: 'doc', to: 'mediumtext' })]
    const accept = ['up-needs-on-error', 'down-needs-on-error'].map((id) => ({ id, reason: 'the test is about it' }))
    await played({ m: { intents, accept } }, async (migrator, run, rows) => {
      const definition = async (): Promise<unknown> =>
        String((await rows('show create table items'))[0]?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '')
      const before = await definition()
      await migrator.expand()
      await run(`insert into items (doc, kind) values ('[2]', 'x')`)
      await migrator.backfill()
      await migrator.contract({ quietPeriod: 0 })
      await run(
        `insert into items (doc, kind) values ('no json', 'x'), ('[4]', 'x')`,
        `update items set doc = 'none either' where id = 2`,
      )
      expect((await rows('select doc from items order by id')).map(({ doc }) => doc)).toEqual([
        expect.stringMatching(/^\{"a": ?1\}$/),
        'none either',
        'no json',
        '[4]',
      ])
      await run(`update items set doc = '"mended"' where id in (2, 3)`)
      await migrator.rollback()
      const back = await rows(`select json_type(doc) as type, json_unquote(doc) as doc from items order by id`)
      expect(back.slice(1)).toEqual([
        { type: 'STRING', doc: 'mended' },
        { type: 'STRING', doc: 'mended' },
        { type: 'ARRAY', doc: '[4]' },
      ])
      await migrator.rollback({ quietPeriod: 0 })
      expect(await definition()).toEqual(before)
    })
  })

  it('comes from a text, and what is no JSON fails neither expand nor a write of the old version', {
    timeout: 60_000,
  }, async () => {
    const intents = [changeType({ table: 'items', column: 'txt', as: 'tags', to: 'json' })]
    const accept = ['up-needs-on-error', 'down-needs-on-error'].map((id) => ({ id, reason: 'the test is about it' }))
    await played({ m: { intents, accept } }, async (migrator, run, rows) => {
      await run(`update items set txt = 'no json' where id = 1`)
      const [plan] = (await migrator.plan()).migrations
      expect(plan?.hazards.find(({ code }) => code === 'values-raise')?.message).toContain('1 of 1 rows')
      await migrator.expand()
      await run(`insert into items (doc, kind, txt) values ('[]', 'x', 'no json'), ('[]', 'x', '[1]')`)
      await run(`update items set txt = '{' where id = 3`)
      await migrator.backfill()
      expect(await rows('select txt, tags from items order by id')).toEqual([
        { txt: 'no json', tags: null },
        { txt: 'no json', tags: null },
        { txt: '{', tags: null },
      ])
      expect(
        await rows('select code from bellows_conversion_failures where resolved_at is null order by code'),
      ).toEqual(codes[kind].map((code) => ({ code })))
    })
  })

  it('and a CHECK of a column stay what they are under a new name, also in a later change', {
    timeout: 120_000,
  }, async () => {
    const rename = (from: string, to: string) => renameColumn({ table: 'items', from, to })
    const migrations = {
      m1: { intents: [rename('doc', 'document'), rename('kind', 'sort')] },
      m2: { intents: ['document', 'sort'].map((column) => dropNotNull({ table: 'items', column })) },
    }
    await played(migrations, async (migrator, run) => {
      await migrator.up({ allowTraffic: true })
      await run('insert into items (other) values (null)')
      await expect(run(`insert into items (document) values ('no json')`)).rejects.toThrow(/JSON|CONSTRAINT/)
      if (kind === 'mariadb')
        await expect(run(`insert into items (sort) values ('never')`)).rejects.toThrow(/CONSTRAINT/)
    })
  })
})
