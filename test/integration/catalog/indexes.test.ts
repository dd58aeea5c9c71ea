import { expect, it } from 'vitest'
import {
  addForeignKey,
  addUnique,
  createMigrator,
  dropConstraint,
  dropIndex,
  type Intent,
  type Migrator,
  renameIndex,
} from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { createDatabase, describeEveryServer } from '../../servers/databases.ts'

const schema = `
  create table things (id int primary key, code varchar(20), qty int, owner int);
  create unique index things_code_once on things (code);
  create index things_qty_idx on things (qty);
  create index things_owner_idx on things (owner);
  insert into things (id, code, qty, owner) values (1, 'a', 1, 1), (2, 'b', 1, 1), (3, null, 1, 1), (4, null, 1, 1)`

describeEveryServer('an index that', (server) => {
  const family = familyOf(server)

  async function withThings(
    intents: readonly Intent[],
    body: (migrator: Migrator, run: (sql: string) => Promise<void>, catalog: () => Promise<string>) => Promise<void>,
  ): Promise<void> {
    const database = await createDatabase(server)
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents } } })
    const run = (sql: string): Promise<void> => family.run(database.url, sql)
    try {
      await run(schema)
      await body(migrator, run, () => family.catalog(database.url))
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  const toContract = async (migrator: Migrator): Promise<void> => {
    await migrator.expand({ backfill: true })
    await migrator.contract({ quietPeriod: 0 })
  }

  it('goes is there for the old version until contract, and comes back as it was', async () => {
    const intents = [dropIndex({ table: 'things', name: 'things_qty_idx' })]
    await withThings(intents, async (migrator, _run, catalog) => {
      const before = await catalog()
      await migrator.expand({ backfill: true })
      expect(await catalog()).toBe(before)
      await migrator.contract({ quietPeriod: 0 })
      const [plan] = (await migrator.plan({ name: 'm' })).migrations
      // MySQL and MariaDB keep it until purge, hidden.
      expect(plan?.phases.purge.length).toBe(family.name === 'mysql' ? 1 : 0)
      await migrator.rollback()
      expect(await catalog()).toBe(before)
      await migrator.contract({ quietPeriod: 0 })
      await migrator.purge({ ignoreRetention: true })
      expect(await catalog()).not.toContain('things_qty_idx')
    })
  })

  it('is unique and goes comes back only where no rows are the same to it', async () => {
    const intents = [dropIndex({ table: 'things', name: 'things_code_once' })]
    await withThings(intents, async (migrator, run, catalog) => {
      const before = await catalog()
      await toContract(migrator)
      await run("insert into things (id, code) values (5, 'a')")
      const contracted = await catalog()
      await expect(migrator.rollback()).rejects.toMatchObject({
        exitCode: 4,
        code: 'rollback.unrepresentable',
        message: expect.stringMatching(/things_code_once.*"id": ?"?5/),
      })
      expect(await catalog()).toBe(contracted)
      await run('delete from things where id = 5')
      await migrator.rollback()
      expect(await catalog()).toBe(before)
    })
  })

  it('gets another name is found by the name, and the name is free', async () => {
    const intents = [renameIndex({ table: 'things', name: 'things_qty_idx', to: 'by_qty' })]
    await withThings(intents, async (migrator, run, catalog) => {
      const drop =
        family.name === 'mysql'
          ? (name: string) => `drop index ${name} on things`
          : (name: string) => `drop index ${name}`
      await migrator.expand({ backfill: true })
      await run('create index by_qty on things (qty, id)')
      const taken = { exitCode: 6, code: 'gate.objects', message: expect.stringContaining('index by_qty') }
      await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject(taken)
      await run(`${drop('by_qty')}; ${drop('things_qty_idx')}`)
      const gone = { exitCode: 6, message: expect.stringMatching(/things_qty_idx on .*: is gone/) }
      await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject(gone)
      await run('create index things_qty_idx on things (qty)')
      await migrator.contract({ quietPeriod: 0 })
      expect(await catalog()).toContain('by_qty')
    })
  })

  it('is unique and goes stays while a foreign key came to need it', async () => {
    const intents = [dropIndex({ table: 'things', name: 'things_code_once' })]
    await withThings(intents, async (migrator, run, catalog) => {
      await migrator.expand({ backfill: true })
      await run(
        'create table uses (id int primary key, code varchar(20), constraint uses_code foreign key (code) references things (code))',
      )
      const closed = { exitCode: 5, code: 'gate.closed', message: expect.stringContaining('foreign key uses_code') }
      await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject(closed)
      await run('drop table uses')
      await migrator.contract({ quietPeriod: 0 })
      expect(await catalog()).not.toContain('things_code_once')
    })
  })

  it('is all that tells rows apart, alone or with another one that goes, stays', async () => {
    const both = ['k1', 'k2'].map((name) => dropIndex({ table: 'keyless', name }))
    await withThings(both, async (migrator, run) => {
      await run(
        'create table keyless (a int not null, b int not null); create unique index k1 on keyless (a); create unique index k2 on keyless (b)',
      )
      await expect(migrator.plan()).rejects.toMatchObject({ exitCode: 3, code: 'plan.no-key' })
    })
  })

  it('is unique and goes, goes when what takes its place is there', async () => {
    const intents = [
      dropIndex({ table: 'things', name: 'things_code_once' }),
      addUnique({ table: 'things', name: 'things_code', columns: ['code'] }),
    ]
    await withThings(intents, async (migrator, _run, catalog) => {
      const before = await catalog()
      const [plan] = (await migrator.plan()).migrations
      const said = plan?.phases.contract.map(({ description }) => description) ?? []
      expect(said.at(0)).toContain('index things_code ')
      expect(said.at(-1)).toContain('drop unique index things_code_once')
      await toContract(migrator)
      await migrator.rollback()
      expect(await catalog()).toBe(before)
    })
  })

  it('a foreign key of the same migration may need stays', async () => {
    const owners = { table: 'owners', columns: ['code'] }
    const key = addForeignKey({ table: 'things', name: 'things_owners', columns: ['code'], references: owners })
    const more =
      'create table owners (id int primary key, code varchar(20)); create unique index owners_code on owners (code); create index things_code on things (code)'
    const refusal = { exitCode: 3, code: 'plan.combination' }
    await withThings([dropIndex({ table: 'owners', name: 'owners_code' }), key], async (migrator, run) => {
      await run(more)
      await expect(migrator.plan()).rejects.toMatchObject(refusal)
    })
    await withThings([dropIndex({ table: 'things', name: 'things_code' }), key], async (migrator, run) => {
      await run(more)
      // PostgreSQL needs none there.
      if (family.name === 'postgres') await migrator.plan()
      else await expect(migrator.plan()).rejects.toMatchObject(refusal)
    })
  })

  it('something needs, or that is not there, is left alone', async () => {
    const refused = async (intent: Intent, code: string): Promise<void> =>
      withThings([intent], async (migrator, run) => {
        await run(
          'create table owners (id int, constraint owners_key unique (id)); create table more (id int primary key, owner int, constraint more_owner foreign key (owner) references owners (id))',
        )
        await expect(migrator.plan()).rejects.toMatchObject({ exitCode: 3, code })
      })
    const mysql = family.name === 'mysql'
    await refused(dropIndex({ table: 'things', name: 'nothing' }), 'plan.index')
    await refused(
      dropIndex({ table: 'things', name: mysql ? 'PRIMARY' : 'things_pkey' }),
      mysql ? 'plan.primary-key' : 'plan.index-kind',
    )
    await refused(dropIndex({ table: 'owners', name: 'owners_key' }), mysql ? 'plan.foreign-key' : 'plan.index-kind')
    // On MySQL and MariaDB a unique constraint is its index.
    await refused(
      dropConstraint({ table: 'owners', name: 'owners_key' }),
      mysql ? 'plan.foreign-key' : 'plan.referenced',
    )
    await refused(renameIndex({ table: 'things', name: 'things_qty_idx', to: 'things_owner_idx' }), 'plan.index-exists')
  })
})
