import { expect, it } from 'vitest'
import { changeType, createMigrator, type Intent, type Migrator, renameColumn } from '../../src/index.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { createDatabase, describeEachServer, type TestDatabase } from '../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from './shop.ts'

const table = `create table items (id int primary key generated always as identity, name varchar(20) not null, qty int);
  insert into items (name, qty) values ('a', 1), ('b', 2)`

const yours = `create or replace function yours() returns trigger language plpgsql as 'begin new.qty := coalesce(new.qty, 0); return new; end'`

const damages = [
  {
    title: 'a trigger of ours that was dropped',
    says: /~bellows_sync .*is gone/,
    sql: 'drop trigger "~bellows_sync" on items',
  },
  {
    title: 'a trigger of ours that was renamed',
    says: /~bellows_sync .*is gone|Anything .*is one of ours/,
    sql: 'alter trigger "~bellows_sync" on items rename to "Anything else"',
  },
  {
    title: 'a trigger of ours that was disabled',
    says: /~bellows_sync .*is disabled/,
    sql: 'alter table items disable trigger "~bellows_sync"',
  },
  {
    title: 'the twin for replication, put in force for all',
    says: /~bellows_sync_replica .*is not the one/,
    sql: 'alter table items enable trigger "~bellows_sync_replica"',
  },
  {
    title: 'a trigger of ours with another function',
    says: /~bellows_sync .*is not the one/,
    sql: `${yours}; create or replace trigger "~bellows_sync" before insert or update on items for each row execute function yours()`,
  },
  {
    title: 'a function of ours with another body',
    says: /~bellows_sync .*is not the one/,
    sql: `do $$ declare f regprocedure; begin
      select tgfoid::regprocedure into f from pg_trigger where tgname = '~bellows_sync';
      execute format('create or replace function %s returns trigger language plpgsql as %L', f, 'begin return new; end');
    end $$`,
  },
]

const ofFunction = (change: string): string => `do $$ begin
  execute format('alter function %s ${change}', (select tgfoid::regprocedure from pg_trigger where tgname = '~bellows_sync'));
end $$`

const functions = [
  ['without its own rights', 'security invoker'],
  ['with another path', 'set search_path = public'],
  ['without a path', 'reset all'],
] as const

const begin = async (database: TestDatabase): Promise<Migrator> => {
  await run(database, table)
  return createMigrator({
    database: database.url,
    migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
  })
}

const phases: readonly (readonly [string, (m: Migrator) => Promise<unknown>])[] = [
  ['backfill', (m) => m.backfill()],
  ['contract', (m) => m.contract({ quietPeriod: 0 })],
  ['rollback of contract', (m) => m.rollback()],
  ['rollback to pending', (m) => m.rollback({ quietPeriod: 0 })],
]

console.log(`a few on each server, all with MATRIX=full: SEED=${seed}`)

// What can be done to a trigger is each engine's own: test/mysql/triggers.test.ts has the same for the others.
describeEachServer('triggers that somebody changed beside us', (server) => {
  it.each(pick(damages, 2, seed + server.name.length))(
    '$title: noticed before each phase (6), and repair mends it',
    { timeout: 60_000 },
    async (damage) => {
      const database = await createDatabase(server)
      const migrator = await begin(database)
      try {
        await migrator.expand()
        for (const [name, phase] of phases) {
          await run(database, damage.sql)
          await expect(phase(migrator), name).rejects.toMatchObject({
            exitCode: 6,
            code: 'triggers.changed',
            message: expect.stringMatching(damage.says),
            hint: expect.stringContaining('migrate repair'),
          })
          const found = await migrator.repair({ dryRun: true })
          expect(found.findings[0]).toMatchObject({ problem: expect.stringMatching(damage.says), done: false })
          expect((await migrator.repair()).findings[0]).toMatchObject({ done: true })
          expect((await migrator.repair()).findings).toEqual([])
          await phase(migrator)
        }
        expect(await rows(database, 'select name from items order by id')).toEqual([{ name: 'a' }, { name: 'b' }])
      } finally {
        await migrator.close()
        await database.drop()
      }
    },
  )

  it.each(functions)('a function of ours %s is found (6), and repair makes it anew', async (_, change) => {
    const database = await createDatabase(server)
    const migrator = await begin(database)
    try {
      await migrator.expand()
      await run(database, ofFunction(change))
      await expect(migrator.backfill()).rejects.toMatchObject({
        exitCode: 6,
        code: 'triggers.changed',
        message: expect.stringMatching(/~bellows_sync .*is not the one/),
      })
      await migrator.repair()
      expect(await outcome(migrator.backfill())).toBe('0')
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  it('triggers of ours that were renamed are told before a purge too (6), which they would be in the way of', async () => {
    const database = await createDatabase(server)
    const migrator = await begin(database)
    try {
      await migrator.expand()
      await migrator.backfill()
      await migrator.contract({ quietPeriod: 0 })
      await run(database, 'alter trigger "~bellows_sync_replica" on items rename to "Anything else"')
      expect(await outcome(migrator.purge({ ignoreRetention: true }))).toBe('6 triggers.changed')
      expect((await migrator.status()).migrations[0]?.state).toBe('contracted')
      expect((await migrator.repair()).findings).toMatchObject([{ done: true }, { done: true }])
      expect(await outcome(migrator.purge({ ignoreRetention: true }))).toBe('0')
      expect(await rows(database, 'select tgname from pg_trigger where not tgisinternal')).toEqual([])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  it('a trigger of yours that fires after ours is named (6), and is yours to rename', async () => {
    const database = await createDatabase(server)
    const migrator = await begin(database)
    const later = `${yours}; create trigger "~z" before insert on items for each row execute function yours()`
    try {
      await migrator.expand()
      await run(database, later)
      expect(await outcome(migrator.backfill())).toBe('6 triggers.changed')
      expect((await migrator.repair()).findings).toMatchObject([
        { problem: expect.stringContaining('~z'), done: false },
      ])
      await run(database, 'alter trigger "~z" on items rename to z')
      expect(await outcome(migrator.backfill())).toBe('0')
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  it('a trigger that fires after ours from the beginning has to be consented to', async () => {
    const database = await createDatabase(server)
    const migrator = await begin(database)
    try {
      await run(database, `${yours}; create trigger "~z" before insert on items for each row execute function yours()`)
      expect(await outcome(migrator.expand())).toMatch(/^3 /)
      expect(await outcome(migrator.expand({ accept: ['trigger-after-ours'] }))).toBe('0')
      expect(await outcome(migrator.backfill())).toBe('0')
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  it('rows that one version wrote meanwhile are carried over by repair, in every state', {
    timeout: 60_000,
  }, async () => {
    const database = await createDatabase(server)
    await run(database, table)
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m1: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] },
        m2: { intents: [changeType({ table: 'items', column: 'qty', to: 'bigint' })] },
      },
    })
    const without = async (...statements: readonly string[]): Promise<void> => {
      await run(database, 'alter table items disable trigger "~bellows_sync"')
      for (const statement of statements) await run(database, statement)
      await migrator.repair()
    }
    try {
      await migrator.expand()
      await migrator.backfill()
      await without(`insert into items (name, qty) values ('c', 3)`, 'update items set qty = 7 where id = 1')
      expect(await rows(database, 'select full_name from items where id = 3')).toEqual([{ full_name: 'c' }])
      expect(await outcome(migrator.contract({ quietPeriod: 0 }))).toBe('0')
      await without(`update items set full_name = 'new', qty = 8 where id = 2`)
      expect(await outcome(migrator.rollback({ all: true, quietPeriod: 0 }))).toBe('0')
      expect(await rows(database, 'select name, qty from items order by id')).toEqual([
        { name: 'a', qty: 7 },
        { name: 'new', qty: 8 },
        { name: 'c', qty: 3 },
      ])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})

// What an UPDATE that says DEFAULT writes is a matter of its server.
describeEachServer('DEFAULT in an UPDATE of the new version', (server) => {
  const cases: readonly [string, Intent, unknown][] = [
    ['renamed', renameColumn({ table: 'd', from: 'a', to: 'b' }), 5],
    ['of another type', changeType({ table: 'd', column: 'a', to: 'text', as: 'b', onError: '0' }), '5'],
  ]
  it.each(cases)('is the default of the column where that has to have a value: %s', (_, intent, five) =>
    withUsers(server, async (database) => {
      await run(
        database,
        'create table d (id int primary key, a int not null default 5); insert into d values (1, 1), (2, 2)',
      )
      const m = migrator(database, { m: [intent] })
      const [plan] = (await m.plan()).migrations
      expect(plan?.hazards.find(({ code }) => code === 'null-insert-takes-default')?.severity).toBe('info')
      const asDefault = async (): Promise<void> => {
        await run(database, `update d set b = '7' where id = 1`)
        await run(database, 'update d set b = default where id = 1')
        await run(database, 'insert into d (id) values (1) on conflict (id) do update set b = default')
        expect(await rows(database, 'select a, b from d where id = 1')).toEqual([{ a: 5, b: five }])
      }
      await m.expand()
      await asDefault()
      await m.backfill()
      await asDefault()
      expect((await m.verify()).migrations).toMatchObject([{ ok: true }])
      await m.close()
    }),
  )

  it('is NULL where the column may be, which the plan tells', () =>
    withUsers(server, async (database) => {
      await run(database, 'create table d (id int primary key, a int default 5); insert into d values (1, 1)')
      const m = migrator(database, { m: [renameColumn({ table: 'd', from: 'a', to: 'b' })] })
      const [plan] = (await m.plan()).migrations
      expect(plan?.hazards.find(({ code }) => code === 'null-insert-takes-default')?.severity).toBe('warn')
      await m.expand()
      await m.backfill()
      await run(database, 'update d set b = default')
      expect(await rows(database, 'select a, b from d')).toEqual([{ a: null, b: null }])
      await m.close()
    }))
})
