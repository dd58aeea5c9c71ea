import { Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely'
import mysql from 'mysql2'
import pg from 'pg'
import { expect, it } from 'vitest'
import { createRecorder, kyselyRecorder, type Recorder, recordMysql, recordPg } from '../../../src/capture/index.ts'
import { createDatabase, describeEveryServer } from '../../servers/databases.ts'

interface Tables {
  users: { id: number; name: string }
}

describeEveryServer('kyselyRecorder', (server) => {
  const dialect = server.kind
  const isPostgres = dialect === 'postgres'
  const options = { app: 'shop', version: 'v1', dialect } as const

  it('lists what the recorder of the driver lists, with the lines of the app', async () => {
    const database = await createDatabase(server)
    const [ofKysely, ofDriver] = [
      createRecorder({ ...options, samples: true }),
      createRecorder({ ...options, samples: true }),
    ]
    const pool = isPostgres
      ? new PostgresDialect({ pool: recordPg(new pg.Pool({ connectionString: database.url }), ofDriver) })
      : new MysqlDialect({ pool: recordMysql(mysql.createPool(database.url), ofDriver) })
    const record = kyselyRecorder(ofKysely)
    // As with a log of the app's own.
    const db = new Kysely<Tables>({ dialect: pool, log: (event) => record(event) })
    const insert = (name: string) => db.insertInto('users').values({ id: 1, name }).execute()
    try {
      await sql`create table users (id bigint primary key, name varchar(40))`.execute(db)
      await insert('Ann')
      await db.transaction().execute(async (transaction) => {
        await transaction.updateTable('users').set({ name: "O'Hara" }).where('id', '=', 1).execute()
        const named = transaction.selectFrom('users').selectAll().where('name', 'in', ['Ann', 'Bob'])
        await named.limit(1).executeTakeFirst()
      })
      await sql`select nowhere from users`.execute(db).catch(() => undefined)
      await sql`select from where`.execute(db).catch(() => undefined)
    } finally {
      await db.destroy().finally(() => database.drop())
    }
    const found = await ofKysely.list()
    expect(found).toEqual(await ofDriver.list())
    expect(
      found.statements.map(({ sql: text, source }) => [text.replaceAll(/[`"]/g, '').split(' ', 2).join(' '), source]),
    ).toEqual(
      expect.arrayContaining([
        ['insert into', expect.stringMatching(/^test\/integration\/capture\/kysely\.test\.ts:\d+$/)],
      ]),
    )
    expect(found.statements).toHaveLength(4)
    expect(found.statements.filter(({ source }) => source === undefined)).toEqual([])
    expect(JSON.stringify(found)).toContain("O'Hara")
  })

  it('is told of a recorder of another kind', () => {
    expect(() => kyselyRecorder({} as Recorder)).toThrow(expect.objectContaining({ code: 'capture.recorder' }))
  })
})
