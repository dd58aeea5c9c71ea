import { expect, it } from 'vitest'
import {
  createMigrator,
  dropConstraint,
  dropNotNull,
  type Intent,
  type Migrator,
  renameConstraint,
} from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { createDatabase, describeEachServer, describeEveryServer, type TestServer } from '../../servers/databases.ts'

const schema = `
  create table owners (id int primary key);
  insert into owners values (1);
  create table things (id int primary key, code varchar(20), qty int not null, owner int,
    constraint things_code_once unique (code), constraint things_few check (qty < 10),
    constraint things_owner foreign key (owner) references owners (id));
  insert into things (id, code, qty, owner) values (1, 'a', 1, 1), (2, 'b', 1, null)`

interface Things {
  readonly migrator: Migrator
  readonly run: (sql: string) => Promise<void>
  readonly catalog: () => Promise<string>
}

async function withThings(
  server: TestServer,
  intents: readonly Intent[],
  body: (things: Things) => Promise<void>,
  more = '',
): Promise<void> {
  const family = familyOf(server)
  const database = await createDatabase(server)
  const migrator = createMigrator({ database: database.url, migrations: { m: { intents } } })
  const run = (sql: string): Promise<void> => family.run(database.url, sql)
  try {
    await run(`${schema}; ${more}`)
    await body({ migrator, run, catalog: () => family.catalog(database.url) })
  } finally {
    await migrator.close()
    await database.drop()
  }
}

const refusal = (what: string): object => ({
  exitCode: 4,
  code: 'rollback.unrepresentable',
  message: expect.stringMatching(what),
})

describeEveryServer('a rule that goes, on every server', (server) => {
  it('is back as it was where no row violates it: a unique constraint', async () => {
    await withThings(server, [dropConstraint({ table: 'things', name: 'things_code_once' })], async (things) => {
      const before = await things.catalog()
      await things.migrator.expand({ backfill: true })
      await expect(things.run("insert into things (id, code, qty) values (3, 'a', 1)")).rejects.toThrow()
      await things.migrator.contract({ quietPeriod: 0 })
      await things.run("insert into things (id, code, qty) values (3, 'a', 1)")
      await expect(things.migrator.rollback()).rejects.toMatchObject(refusal('things_code_once'))
      await things.run('delete from things where id = 3')
      await things.migrator.rollback()
      expect(await things.catalog()).toBe(before)
    })
  })

  it('says beforehand which rows are NULL where NOT NULL went', async () => {
    await withThings(server, [dropNotNull({ table: 'things', column: 'qty' })], async (things) => {
      const before = await things.catalog()
      await things.migrator.expand()
      await things.run('insert into things (id) values (3)')
      const back = { quietPeriod: 0 }
      await expect(things.migrator.rollback(back)).rejects.toMatchObject(refusal('NOT NULL of qty.*"id": ?"?3'))
      await things.run('delete from things where id = 3')
      await things.migrator.rollback(back)
      expect(await things.catalog()).toBe(before)
    })
  })

  it('is refused where nothing could bring it back', async () => {
    const refused = (intent: Intent, code: string): Promise<void> =>
      withThings(server, [intent], async ({ migrator }) => {
        await expect(migrator.plan()).rejects.toMatchObject({ exitCode: 3, code })
      })
    await refused(dropConstraint({ table: 'things', name: 'nothing' }), 'plan.constraint')
    if (server.kind === 'postgres') {
      await refused(dropConstraint({ table: 'things', name: 'things_pkey' }), 'plan.primary-key')
      await refused(
        renameConstraint({ table: 'things', name: 'things_few', to: 'things_owner' }),
        'plan.constraint-exists',
      )
      return
    }
    await refused(dropConstraint({ table: 'things', name: 'things_few' }), 'plan.not-online')
    await refused(renameConstraint({ table: 'things', name: 'things_owner', to: 'x' }), 'plan.not-yet')
  })
})

// Neither can come back on MySQL and MariaDB while others write.
describeEachServer('a CHECK and a foreign key that go', (server) => {
  it('let the new version write from expand on, and come back as they were', async () => {
    const intents = ['things_few', 'things_owner'].map((name) => dropConstraint({ table: 'things', name }))
    const more = "comment on constraint things_few on things is 'few'"
    await withThings(
      server,
      intents,
      async ({ migrator, run, catalog }) => {
        const before = await catalog()
        await migrator.expand({ backfill: true })
        await run('insert into things (id, qty) values (3, 50)')
        const back = { quietPeriod: 0 }
        await expect(migrator.rollback(back)).rejects.toMatchObject(refusal('1 rows that things_few.*"id": ?3'))
        await run('update things set qty = 1, owner = 7 where id = 3')
        const expanded = await catalog()
        await expect(migrator.rollback(back)).rejects.toMatchObject(refusal('1 rows that things_owner.*"id": ?3'))
        expect(await catalog()).toBe(expanded)
        await run('delete from things where id = 3')
        await migrator.rollback(back)
        expect(await catalog()).toBe(before)
      },
      more,
    )
  })

  it('stay until contract where a foreign key changes rows, and are looked for then', async () => {
    const more = `alter table things drop constraint things_owner;
      alter table things add constraint things_owner foreign key (owner) references owners (id) on delete cascade`
    await withThings(
      server,
      [
        dropConstraint({ table: 'things', name: 'things_owner' }),
        renameConstraint({ table: 'things', name: 'things_few', to: 'few' }),
      ],
      async ({ migrator, run, catalog }) => {
        const before = await catalog()
        await migrator.expand({ backfill: true })
        await run('delete from owners where id = 1; insert into owners values (1)')
        await run('alter table things drop constraint things_few')
        await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject({ exitCode: 6, code: 'gate.objects' })
        await run('alter table things add constraint things_few check (qty < 10)')
        await migrator.contract({ quietPeriod: 0 })
        await run('insert into things (id, qty, owner) values (4, 1, 9)')
        await expect(migrator.rollback()).rejects.toMatchObject(refusal('things_owner'))
        await run('delete from things where id = 4')
        await migrator.rollback()
        expect(await catalog()).toBe(before)
      },
      more,
    )
  })
})
