import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { addIndex, changeType, createMigrator, type Migrator, type RunnerEvent, renameColumn } from '../../src/index.ts'
import { connectMysql, createDatabase, describeEachMysql, withMysql } from '../servers/databases.ts'

const lockTimeout = 300
/** What a statement takes by itself on a machine that is busy with other tests, and how often the waiting DDL is looked at. */
const slack = 500

/** Reads as an app does, all the time; tells how long the slowest took of those that came while a change of the schema waited. */
function readers(connection: Connection, waiting: () => boolean): { stop(): Promise<number> } {
  const state = { stopped: false, slowest: 0 }
  const loop = (async () => {
    while (!state.stopped) {
      const counts = waiting()
      const started = Date.now()
      await connection.query('select id, name from items order by id limit 5').catch(() =>
        // At contract a name goes away; the wait is what counts.
        connection.query('select id from items limit 5'),
      )
      if (counts) state.slowest = Math.max(state.slowest, Date.now() - started)
      await sleep(10)
    }
  })()
  return {
    stop: async () => {
      state.stopped = true
      await loop
      return state.slowest
    },
  }
}

describeEachMysql('a transaction that only reads, in front of every change of the schema', (server) => {
  it('makes it try again, naming who blocks; whoever reads meanwhile waits no longer than the lock timeout', {
    timeout: 120_000,
  }, async () => {
    const database = await createDatabase(server)
    const [blocker, reader] = [await connectMysql(database.url), await connectMysql(database.url)]
    const retried: string[] = []
    const named: string[] = []
    let unblocked: Promise<unknown> = Promise.resolve()
    let waiting = false
    const onEvent = (event: RunnerEvent): void => {
      if (event.kind === 'step-started' && !/^(fill|compare)/.test(event.description)) {
        unblocked = blocker.query('start transaction; select * from items limit 1')
        waiting = true
      }
      if (event.kind !== 'retry') return
      waiting = false
      retried.push(event.what)
      named.push(...event.blockers)
      unblocked = blocker.query('rollback')
    }
    const migrator = createMigrator({
      database: database.url,
      lockTimeout,
      onEvent,
      migrations: {
        m: {
          intents: [
            renameColumn({ table: 'items', from: 'name', to: 'full_name' }),
            changeType({ table: 'items', column: 'qty', to: 'bigint' }),
            addIndex({ table: 'items', name: 'items_note', columns: ['note'] }),
          ],
        },
      },
    })
    const phases: readonly (readonly [string, (m: Migrator) => Promise<unknown>])[] = [
      ['expand', (m) => m.expand()],
      ['backfill', (m) => m.backfill()],
      ['contract', (m) => m.contract({ quietPeriod: 0 })],
      ['rollback of contract', (m) => m.rollback()],
      ['contract again', (m) => m.contract({ quietPeriod: 0 })],
      ['purge', (m) => m.purge({ ignoreRetention: true })],
    ]
    try {
      await withMysql(database.url, (client) =>
        client.query(`create table items (id int primary key auto_increment, name varchar(20) not null, qty int not null, note varchar(20), key items_qty (qty));
          insert into items (name, qty) values ('a', 1), ('b', 2)`),
      )
      for (const [phase, run] of phases) {
        retried.length = 0
        const reading = readers(reader, () => waiting)
        await run(migrator)
        await unblocked
        await blocker.query('rollback')
        expect(await reading.stop(), phase).toBeLessThan(lockTimeout + slack)
        expect(retried.length, phase).toBeGreaterThan(0)
      }
      expect(named.length).toBeGreaterThan(0)
      // Where the server does not tell, it is said how to make it tell.
      for (const name of named) expect(name).toMatch(/pid \d+|performance_schema/)
    } finally {
      await migrator.close()
      await Promise.all([blocker.end(), reader.end()])
      await database.drop()
    }
  })

  it('that does not end ends the phase (75) with its name, and nothing is half done', { timeout: 60_000 }, async () => {
    const database = await createDatabase(server)
    const blocker = await connectMysql(database.url)
    const migrator = createMigrator({
      database: database.url,
      lockTimeout,
      lockBudget: 1500,
      migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
    })
    try {
      await withMysql(database.url, (client) =>
        client.query('create table items (id int primary key, name varchar(20) not null)'),
      )
      await blocker.query('start transaction; select * from items')
      await expect(migrator.expand()).rejects.toMatchObject({
        exitCode: 75,
        code: 'lock.budget',
        message: expect.stringMatching(/blocked by .*(pid \d+|performance_schema)/),
      })
      await blocker.query('rollback')
      await migrator.expand()
    } finally {
      await migrator.close()
      await blocker.end()
      await database.drop()
    }
  })
})
