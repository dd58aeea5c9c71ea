import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { changeType, createMigrator, type Migrator, type RunnerEvent, renameColumn } from '../../src/index.ts'
import { connectMysql, createDatabase, describeEachMysql, withMysql } from '../servers/databases.ts'

/** Not a change of the table: functions, and what looks or fills. */
const others = /^(make the functions|fill|compare)/

const phases: readonly (readonly [string, (m: Migrator) => Promise<unknown>])[] = [
  ['expand', (m) => m.expand()],
  ['backfill', (m) => m.backfill()],
  ['contract', (m) => m.contract({ quietPeriod: 0 })],
  ['rollback of contract', (m) => m.rollback({ acceptLoss: true, reason: 'test', quietPeriod: 0 })],
  ['contract again', (m) => m.contract({ quietPeriod: 0 })],
  ['purge', (m) => m.purge({ ignoreRetention: true })],
]

describeEachMysql(
  'a transaction that has read the table before a change of it, and writes it while that waits',
  (server) => {
    // A change that waits in the server's queue makes a deadlock of that: the write fails with 1213.
    it.each([
      ['renameColumn', renameColumn({ table: 'items', from: 'name', to: 'full_name' })],
      ['changeType', changeType({ table: 'items', column: 'qty', to: 'bigint' })],
    ])('is let through by %s', { timeout: 120_000 }, async (_, intent) => {
      const database = await createDatabase(server)
      const app = await connectMysql(database.url)
      let write: Promise<unknown> | null = null
      const onEvent = (event: RunnerEvent): void => {
        if (event.kind !== 'step-started' || others.test(event.description)) return
        write ??= sleep(100).then(() => app.query('update items set note = uuid() where id = 1; commit'))
        write.catch(() => undefined)
      }
      const migrator = createMigrator({ database: database.url, migrations: { m: { intents: [intent] } }, onEvent })
      try {
        await withMysql(database.url, (client) =>
          client.query(
            "create table items (id int primary key, name varchar(20), qty int, note varchar(60)); insert into items values (1, 'a', 1, 'x'), (2, 'b', 2, 'y')",
          ),
        )
        for (const [phase, run] of phases) {
          write = null
          // The backfill changes the row, and from 11.6 on MariaDB refuses to write (1020) what changed since a snapshot.
          await app.query('set transaction isolation level read committed; start transaction')
          await app.query('select id from items where id = 1')
          await run(migrator)
          expect(write, `${phase}: no step changed the table`).not.toBeNull()
          await write
        }
      } finally {
        await Promise.all([migrator.close(), app.end()])
        await database.drop()
      }
    })

    // LOCK TABLES locks these too: what a trigger of the table uses, and, on MySQL, what a foreign key changes with it.
    it.each(['items_log', 'parts'])('is let through where it is %s, that is locked with the table', async (other) => {
      const database = await createDatabase(server)
      const app = await connectMysql(database.url)
      let write: Promise<unknown> | null = null
      const migrator = createMigrator({
        database: database.url,
        migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
        onEvent: (event) => {
          if (event.kind !== 'step-started' || others.test(event.description)) return
          write ??= sleep(100).then(() => app.query(`update ${other} set note = uuid(); commit`))
          write.catch(() => undefined)
        },
      })
      try {
        await withMysql(database.url, (client) =>
          client.query(
            `create table items (id int primary key, name varchar(20)); insert into items values (1, 'a');
            create table items_log (id int primary key auto_increment, note varchar(60)); insert into items_log (note) values ('x');
            create trigger items_log_it after insert on items for each row insert into items_log (note) values ('y');
            create table parts (id int primary key, item int, note varchar(60), foreign key (item) references items (id) on delete cascade);
            insert into parts values (1, 1, 'x')`,
          ),
        )
        await app.query(`start transaction; select id from ${other}`)
        await migrator.expand()
        expect(write).not.toBeNull()
        await write
      } finally {
        await Promise.all([migrator.close(), app.end()])
        await database.drop()
      }
    })
  },
)
