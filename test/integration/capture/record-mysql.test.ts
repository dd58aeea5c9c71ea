import mysql from 'mysql2'
import mysqlPromise, { type Connection } from 'mysql2/promise'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createRecorder, recordMysql, type StatementList } from '../../../src/capture/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, type TestDatabase } from '../../servers/databases.ts'
import { capture } from './support.ts'

/** What an app does, once behind the proxy and once with a recorder. */
const session = `
  await client.beginTransaction()
  await client.query('insert into users values (?, ?, ?)', [1, 'Ann Secret', 'ann@example.com'])
  await client.query("insert into users values (2, 'Bob Secret', 'bob@example.com')")
  await client.query({ sql: 'select id from users where name in (?)', values: [['Ann Secret', 'x']] })
  await client.query('select email from users where ?', { name: 'x' })
  for (const [id, name] of [[1, 'Ann Secret'], [2, null]])
    await client.execute('select name from users where id = ? and name = ?', [id, name])
  await client.execute({ sql: 'select id from users where name = :name', namedPlaceholders: true }, { name: 'Ann Secret' })
  const statement = await client.prepare('select email from users where id = ?')
  await statement.execute([1])
  await statement.close()
  await client.query('select id, email from users where id = 1; select 2 from users')
  await client.query('select from where').catch(() => undefined)
  await client.execute('select name from from users').catch(() => undefined)
  await client.query('select nowhere from users').catch(() => undefined)
  await client.query("set sql_mode = 'ANSI_QUOTES'")
  await client.query('select "name" from users')
  await client.rollback()`
const Session = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...names: string[]
) => (client: Connection) => Promise<void>

const options = { app: 'shop', version: 'v1', dialect: 'mysql' } as const

/** The entries without ids and lines. The driver may say "double" of a number where the server does not tell what it takes. */
const bare = ({ statements }: StatementList): readonly unknown[] =>
  statements
    .map(({ id: _, source: _source, params, ...entry }) => ({
      ...entry,
      params: params?.map((type) => (type === 'double' ? 'bigint' : type)),
    }))
    .toSorted((a, b) => (a.sql < b.sql ? -1 : 1))

describeEachMysql('recordMysql', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await mysqlRows(database.url, 'create table users (id bigint primary key, name varchar(40), email varchar(40))')
  })
  afterEach(() => database.drop())

  it.each([false, true])('lists what the proxy lists (samples: %s)', async (samples) => {
    const settings = 'multipleStatements: true'
    const script = `const client = await mysql.createConnection({ uri: url, ${settings} }); ${session}; await client.end()`
    const behindProxy = await capture(database.url, { script }, { samples, redact: ['email'] })
    const recorder = createRecorder({ ...options, samples, redact: ['email'], onList: () => undefined })
    const client = await mysqlPromise.createConnection({ uri: database.url, multipleStatements: true })
    try {
      await new Session('client', session)(recordMysql(client, recorder))
    } finally {
      await client.end()
    }
    const list = await recorder.list()
    expect(bare(list)).toEqual(bare(behindProxy.list))
    expect(JSON.stringify(list).includes('Ann Secret')).toBe(samples)
    expect(list.statements.map(({ sql }) => sql)).toContain('select "name" from users')
    const { statements, leftOut, withheld, refused } = behindProxy.result
    expect(await recorder.write()).toEqual({
      app: 'shop',
      version: 'v1',
      statements,
      leftOut,
      withheld,
      refused,
      missed: [],
    })
    expect(refused).toEqual({ 'select users': 1, 'select where': 1 })
  })

  it('says where the app called: both APIs, pools, their connections, prepared statements', async () => {
    const recorder = createRecorder(options)
    const pool = mysql.createPool({ uri: database.url, connectionLimit: 2 })
    expect(recordMysql(pool, recorder)).toBe(pool)
    const promises = pool.promise()
    const line = (offset: number, depth = 2): string => {
      const own = /:(\d+):\d+\)?$/m.exec(new Error('here').stack?.split('\n')[depth] ?? '')?.[1]
      return `test/integration/capture/record-mysql.test.ts:${Number(own) + offset}`
    }
    const expected: Record<string, string> = {}
    const soon = (sql: string): string => {
      expected[sql] = line(1, 3)
      return sql
    }
    try {
      const find = async (sql: string) => {
        expected[sql] = line(1)
        return promises.query(sql)
      }
      await Promise.all(['select id from users', 'select name from users', 'select email from users'].map(find))
      const sql = soon('select max(id) from users where id > ?')
      await promises.execute(sql, [1])
      await new Promise<void>((resolve, reject) => {
        const counted = soon('select count(*) from users')
        pool.query(counted, (error) => (error ? reject(error) : resolve()))
      })
      await new Promise<void>((resolve, reject) => {
        const counted = soon('select count(id) from users where id = ?')
        pool.execute(counted, [1], (error) => (error ? reject(error) : resolve()))
      })
      const connection = await promises.getConnection()
      const text = soon('select min(id) from users')
      await connection.query(text)
      const prepared = soon('select min(name) from users where id = ?')
      const statement = await connection.prepare(prepared)
      await statement.execute([1])
      connection.release()
      const { statements } = await recorder.list()
      expect(Object.fromEntries(statements.map(({ sql, source }) => [sql, source]))).toEqual(expected)
    } finally {
      await promises.end()
    }
  })

  it('changes nothing: results, errors, events, streams, and what mysql2 says of a wrong call', async () => {
    const plain = mysql.createPool(database.url)
    const recorded = recordMysql(mysql.createPool(database.url), createRecorder(options))
    type Use = (pool: mysql.Pool) => Promise<unknown>
    const each = async (use: Use): Promise<unknown> => {
      const of = (pool: mysql.Pool) =>
        (async () => use(pool))().then(
          (value) => ({ value }),
          ({ message, code, errno, sql }) => ({ error: { message, code, errno, sql } }),
        )
      const [with_, without] = [await of(recorded), await of(plain)]
      expect(with_).toEqual(without)
      return with_
    }
    const rows: Use = async (pool) => (await pool.promise().query('select 1 as n'))[0]
    try {
      expect(await each(rows)).toEqual({ value: [{ n: 1 }] })
      await each(async (pool) => (await pool.promise().execute('select ? as n', ['x']))[0])
      expect(await each((pool) => pool.promise().query('selec'))).toMatchObject({ error: { errno: 1064 } })
      expect(await each((pool) => pool.promise().execute('selec'))).toMatchObject({ error: { errno: 1064 } })
      await each((pool) => pool.promise().execute('select ?', [undefined] as unknown as string[]))
      await each(async (pool) => pool.promise().query({} as mysql.QueryOptions))
      expect(
        await each(
          (pool) =>
            new Promise((resolve, reject) => {
              const found: unknown[] = []
              const query = pool.query('select 1 as n union select 2')
              query
                .on('error', reject)
                .on('result', (row) => found.push(row))
                .on('end', () => resolve(found))
            }),
        ),
      ).toEqual({ value: [{ n: 1 }, { n: 2 }] })
      await each(
        (pool) =>
          new Promise((resolve) => pool.query('selec').on('error', ({ code }: { code: string }) => resolve(code))),
      )
      await each(async (pool) => {
        const found: unknown[] = []
        for await (const row of pool.query('select 3 as n').stream()) found.push(row)
        return found
      })
    } finally {
      await Promise.all([plain.promise().end(), recorded.promise().end()])
    }
  })

  it('reads texts as the server does that it is told of, and takes no cluster', async () => {
    const recorder = createRecorder({ ...options, sqlMode: 'ANSI_QUOTES,STRICT_ALL_TABLES' })
    const client = recordMysql(await mysqlPromise.createConnection(database.url), recorder)
    await client.query("set session sql_mode = 'ANSI_QUOTES'")
    await client.query(`select "name" from users where name = 'x'`)
    await client.end()
    expect((await recorder.list()).statements.map(({ sql }) => sql)).toEqual([
      'select "name" from users where name = ?',
    ])
    const cluster = mysql.createPoolCluster()
    expect(() => recordMysql(cluster as unknown as Connection, recorder)).toThrow('takes a pool or a connection')
    expect(() => recordMysql(undefined as unknown as Connection, recorder)).toThrow('takes a pool or a connection')
    cluster.end()
  })
})
