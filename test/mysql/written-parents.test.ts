import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { createMigrator, type RunnerEvent, renameColumn } from '../../src/index.ts'
import { connectMysql, createDatabase, describeEachMysql, withMysql } from '../servers/databases.ts'

/** So many that at no moment all of them pause. */
const writers = 12
const lockTimeout = 400
/** The key of a row of the parent that none of them writes. */
const reader = 99

describeEachMysql('a child whose parent is written by transactions that overlap without end', (server) => {
  // The server's own lock on the parent lets every new writer pass. The names decide which one is locked first.
  it.each([
    ['authors', 'books'],
    ['users', 'posts'],
  ])(
    'is locked all the same (%s, %s), and no statement of the app fails',
    { timeout: 120_000 },
    async (parent, child) => {
      const database = await createDatabase(server)
      const events: RunnerEvent[] = []
      const migrator = createMigrator({
        database: database.url,
        lockTimeout,
        lockBudget: 90_000,
        onEvent: (event) => events.push(event),
        migrations: { m: { intents: [renameColumn({ table: child, from: 'name', to: 'title' })] } },
      })
      let over = false
      const failures: unknown[] = []
      const app = async (turn: (connection: Connection) => Promise<unknown>): Promise<void> => {
        const connection = await connectMysql(database.url)
        while (!over) await turn(connection).catch((error: unknown) => failures.push(error))
        await connection.end()
      }
      try {
        const ids = Array.from({ length: writers }, (_, at) => at + 1)
        await withMysql(database.url, (client) =>
          client.query(`create table ${parent} (id int primary key, n int not null default 0);
          create table ${child} (id int primary key auto_increment, parent int, name varchar(20), foreign key (parent) references ${parent} (id));
          insert into ${parent} (id) values ${[...ids, reader].map((id) => `(${id})`).join(', ')}; insert into ${child} (parent, name) values (1, 'a')`),
        )
        const running = [
          ...ids.map((id) =>
            app((connection) =>
              connection.query(
                `start transaction; update ${parent} set n = n + 1 where id = ${id}; do sleep(0.05 + rand() * 0.05); commit`,
              ),
            ),
          ),
          // A lock that waited for the parent now would make a deadlock of this.
          app(async (connection) => {
            await connection.query(`start transaction; select n from ${parent} where id = ${reader}`)
            await sleep(100)
            await connection.query(`update ${parent} set n = n + 1 where id = ${reader}; commit`)
            await sleep(200)
          }),
          app(async (connection) => {
            await connection.query(`select * from ${parent}`)
            await connection.query(`insert into ${child} (parent, name) values (2, 'b')`)
            await connection.query(`update ${child} set name = 'c' where id = 1`)
            await sleep(10)
          }),
        ]
        await sleep(300)
        await migrator.expand().finally(async () => {
          over = true
          await Promise.all(running)
        })
        expect(failures).toEqual([])
        const told = events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []))
        const parents = told.filter((message) => message.includes('lock tables'))
        // MariaDB lets the lock through by itself.
        if (server.kind === 'mysql') expect(new Set(parents).size).toBe(1)
        for (const message of parents) expect(message).toMatch(new RegExp(`${parent}. write, .*${child}. write`))
      } finally {
        over = true
        await migrator.close()
        await database.drop()
      }
    },
  )
})
