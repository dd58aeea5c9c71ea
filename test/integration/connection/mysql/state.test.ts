import { afterAll, beforeAll, expect, it } from 'vitest'
import { state, stateTable, stateVersion } from '../../../../src/dialects/mysql/state.ts'
import { createDatabase, describeEachMysql, type TestDatabase } from '../../../servers/databases.ts'
import { rowsOf, withSessions } from './open.ts'

describeEachMysql('the state tables', (server) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase(server)
  })
  afterAll(() => database.drop())

  it('are made in the target database under the prefix, by two at once and again', async () => {
    await withSessions(database.url, 2, async (a, b) => {
      const { exists, read } = state.version('bellows')
      expect((await a.query(exists)).rows).toEqual([])
      const create = async (session: typeof a): Promise<void> => {
        for (const statement of state.create('bellows')) await session.query(statement)
      }
      await Promise.all([create(a), create(b)])
      await create(a)
      expect((await a.query(exists)).rows).toHaveLength(1)
      expect((await a.query(read)).rows).toEqual([{ version: stateVersion }])
      const { rows } = await a.query<{ name: string; engine: string; keyed: boolean }>({
        sql: "select t.table_name as name, t.engine as engine, exists (select 1 from information_schema.table_constraints c where c.table_schema = t.table_schema and c.table_name = t.table_name and c.constraint_type = 'PRIMARY KEY') as keyed from information_schema.tables t where t.table_schema = database() order by t.table_name",
        parameters: [],
      })
      expect(rows.map(({ name }) => name)).toEqual(
        [
          'app_versions',
          'backfills',
          'checks',
          'conversion_failures',
          'events',
          'heartbeats',
          'lease',
          'lenses',
          'meta',
        ]
          .concat('migrations', 'phases', 'samples', 'steps', 'writes')
          .map((name) => stateTable('bellows', name)),
      )
      expect(rows.every(({ engine, keyed }) => engine === 'InnoDB' && keyed)).toBe(true)
    })
  })

  it('tell names apart that differ in case, accents or trailing spaces only', async () => {
    await withSessions(database.url, 1, async (session) => {
      for (const name of ['m', 'M', 'm\u0301', 'ṁ']) {
        const sql = `insert into ${stateTable('bellows', 'lenses')} (id, migration, lens, mode) values (?, 'm', '{}', 'fill')`
        await session.query({ sql, parameters: [name] })
      }
      expect(
        (
          await session.query({
            sql: `select id from ${stateTable('bellows', 'lenses')} where id = ?`,
            parameters: ['m'],
          })
        ).rows,
      ).toEqual([{ id: 'm' }])
    })
  })

  it('keep one failure for each lens, key and target, however long the key', async () => {
    await withSessions(database.url, 1, async (session) => {
      const failures = stateTable('bellows', 'conversion_failures')
      const record = (key: string, code: string): Promise<unknown> =>
        session.query({
          sql: `insert into ${failures} (lens, migration, \`key\`, key_hash, target, code) values ('l', 'm', ?, sha2(?, 256), 't', ?) on duplicate key update code = values(code)`,
          parameters: [key, key, code],
        })
      const long = JSON.stringify({ k: 'x'.repeat(5000) })
      await record(long, '1366')
      await record(long, '1406')
      await record(`${long} `, '1264')
      expect(await rowsOf(session, `select code from ${failures} order by code`)).toEqual([
        { code: '1264' },
        { code: '1406' },
      ])
    })
  })

  it('tell times in UTC as ISO 8601, by the clock of the server', async () => {
    await withSessions(database.url, 1, async (session) => {
      const lease = stateTable('bellows', 'lease')
      const insert = state
        .queries('bellows')
        .insertInto(lease)
        .values({ name: 'ddl', token: 1, holder: 'me', host: 'here', expires_at: state.fromNow(1500) })
      await session.query(insert.compile())
      const select = state
        .queries('bellows')
        .selectFrom(lease)
        .select([state.iso('acquired_at').as('acquired'), state.iso('expires_at').as('expires')])
        .select([state.isoNow().as('now'), state.iso('pid').as('none')])
        .where('expires_at', '>', state.now)
      const [row] = (await session.query<Record<string, string | null>>(select.compile())).rows
      const at = (name: string): number => Date.parse(row?.[name] ?? '')
      expect(at('expires') - at('acquired')).toBeGreaterThanOrEqual(1499)
      expect(at('expires') - at('acquired')).toBeLessThan(1600)
      expect(Math.abs(at('now') - Date.now())).toBeLessThan(5000)
      expect(row?.none).toBeNull()
    })
  })

  it('are written by the same words on both: insert or leave, insert or change, hold', async () => {
    await withSessions(database.url, 2, async (a, b) => {
      const lease = state.table('bellows', 'lease')
      const row = { name: 'data', token: 1, holder: 'a', host: 'h', expires_at: state.now }
      const insert = state.queries('bellows').insertInto(lease).values(row)
      for (let time = 0; time < 2; time++) await a.query(state.upsert(insert, ['name'], {}).compile())
      await a.query(state.upsert(insert, ['name'], { token: 2 }).compile())
      const select = state.queries('bellows').selectFrom(lease).select('token').where('name', '=', 'data')
      await a.transaction(async () => {
        expect((await a.query(state.hold(select).compile())).rows).toEqual([{ token: 2 }])
        expect((await b.query(state.hold(select).compile())).rows).toEqual([{ token: 2 }])
        const change = state.queries('bellows').updateTable(lease).set({ token: 3 }).where('name', '=', 'data')
        await expect(b.query(change.compile())).rejects.toMatchObject({ code: 'database.lock-timeout' })
      })
    })
  })
})
