import { stat } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createRecorder, recordPg } from '../../../src/capture/index.ts'
import { readStatementList } from '../../../src/compat/statement-list.ts'
import { createDatabase, describeEachServer, type TestDatabase, withClient } from '../../servers/databases.ts'
import { capture, folder } from './support.ts'

/** What an app does, once behind the proxy and once with a recorder. */
const session = `
  await client.query('begin')
  await client.query("insert into users values (1, 'Ann Secret', 'ann@example.com')")
  await client.query("insert into users values (2, 'Bob Secret', 'bob@example.com')")
  await client.query('select name from users where id = $1', [1])
  await client.query({ text: 'select email from users where id = $1 and name is not null', values: [2] })
  for (const name of ['Ann Secret', 'Bob Secret'])
    await client.query({ name: 'by-name', text: 'select * from users where name = $1', values: [name] })
  await client.query('select $1::timestamptz, $2::jsonb, $3::text[], $4', [new Date(0), { a: 1 }, ['x', null], null])
  await client.query('select 1; select 2 from users')
  await client.query('select nowhere').catch(() => undefined)
  await client.query('commit').catch(() => undefined)`
const Session = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...names: string[]
) => (client: pg.ClientBase) => Promise<void>

const options = { app: 'shop', version: 'v1', dialect: 'postgres' } as const

describeEachServer('recordPg', (server) => {
  let database: TestDatabase
  let pool: pg.Pool
  beforeEach(async () => {
    database = await createDatabase(server)
    await withClient(database.url, (client) =>
      client.query('create table users (id bigint primary key, name text, email text)'),
    )
    pool = new pg.Pool({ connectionString: database.url, max: 2 })
  })
  afterEach(async () => {
    await pool.end()
    await database.drop()
  })

  it.each([false, true])('lists what the proxy lists (samples: %s)', async (samples) => {
    const script = `const client = new pg.Client(url); await client.connect(); ${session}; await client.end()`
    const behindProxy = await capture(database.url, { script }, { samples, redact: ['email'] })
    await withClient(database.url, (client) => client.query('truncate users'))
    const out = path.join(await folder(), 'v1.json')
    const recorder = createRecorder({ ...options, out, samples, redact: ['email'] })
    await withClient(database.url, (client) => new Session('client', session)(recordPg(client, recorder)))
    const result = await recorder.write()
    const list = await readStatementList(out, { splitStatements: () => expect.unreachable() })
    expect({ ...list, statements: list.statements.map(({ source: _, ...statement }) => statement) }).toEqual(
      behindProxy.list,
    )
    expect(JSON.stringify(list).includes('Ann Secret')).toBe(samples)
    expect((await stat(out)).mode & 0o777).toBe(0o600)
    const { statements, leftOut, withheld, refused } = behindProxy.result
    expect(result).toEqual({ app: 'shop', version: 'v1', statements, leftOut, withheld, refused, missed: [] })
  })

  it('says where the app called: through the pool, its clients, and an await before', async () => {
    const recorder = createRecorder(options)
    recordPg(pool, recorder)
    const line = (offset: number): string => {
      const own = /:(\d+):\d+\)?$/m.exec(new Error('here').stack?.split('\n')[2] ?? '')?.[1]
      return `test/integration/capture/record-pg.test.ts:${Number(own) + offset}`
    }
    const expected: string[] = []
    const find = async (text: string) => {
      expected.push(line(1))
      return pool.query(text)
    }
    await Promise.all(['select 1 as a from users', 'select 2 as b from users', 'select 3 as c from users'].map(find))
    const client = await pool.connect()
    expected.push(line(1))
    await client.query('select 4 as d from users')
    client.release()
    await new Promise<void>((resolve, reject) => {
      expected.push(line(1))
      pool.query('select 5 as e from users', (error) => (error ? reject(error) : resolve()))
    })
    const { statements } = await recorder.list()
    expect(statements.map(({ source }) => source).toSorted()).toEqual(expected.toSorted())
  })

  it('changes nothing: results, errors, callbacks, query objects, and what pg says of a wrong call', async () => {
    const recorder = createRecorder(options)
    const plain = new pg.Pool({ connectionString: database.url })
    try {
      const recorded = recordPg(pool, recorder)
      expect(recorded).toBe(pool)
      const each = async (use: (pool: pg.Pool) => Promise<unknown>) => {
        const of = (one: pg.Pool) =>
          use(one).then(
            (value) => ({ value }),
            ({ message, code, position }) => ({ error: { message, code, position } }),
          )
        const [with_, without] = [await of(recorded), await of(plain)]
        expect(with_).toEqual(without)
        return with_
      }
      const rows = { value: [{ n: 1 }] }
      expect(await each(async (one) => (await one.query('select 1 as n')).rows)).toEqual(rows)
      expect(await each(async (one) => (await one.query('select $1::int as n', [1])).rows)).toEqual(rows)
      expect(await each(async (one) => (await one.query({ text: 'select 1', rowMode: 'array' })).rows)).toEqual({
        value: [[1]],
      })
      const called = (one: pg.Pool) =>
        new Promise((resolve, reject) => {
          const done = (error: Error | null, found: pg.QueryResult) => (error ? reject(error) : resolve(found.rows))
          one.query('select $1::int as n', [1], done)
        })
      expect(await each(called)).toEqual(rows)
      expect(await each((one) => one.query('selec'))).toMatchObject({ error: { code: '42601', position: '1' } })
      expect(await each((one) => one.query('select $1::int', ['x']))).toMatchObject({ error: { code: '22P02' } })
      await each((one) => one.query(undefined as unknown as string))
      await each((one) => one.query({} as pg.QueryConfig))
      await each((one) => one.query(new Proxy({}, { get: () => expect.unreachable() }) as pg.QueryConfig))
      const events = async (one: pg.Pool): Promise<unknown> => {
        const client = await one.connect()
        try {
          const query = client.query(new pg.Query('select generate_series(1, 3) as n'))
          const found: unknown[] = []
          query.on('row', (row) => found.push(row))
          await new Promise((resolve, reject) => query.on('end', resolve).on('error', reject))
          return found
        } finally {
          client.release()
        }
      }
      expect(await each(events)).toEqual({ value: [{ n: 1 }, { n: 2 }, { n: 3 }] })
      const { statements } = await recorder.list()
      expect(statements.map(({ sql }) => sql)).toContain('select generate_series($1, $2) as n')
    } finally {
      await plain.end()
    }
  })

  it('takes a client that the pool had before, and one that is handed over twice', async () => {
    await pool.query('select 1 as before')
    const recorder = createRecorder(options)
    recordPg(recordPg(pool, recorder), recorder)
    const client = recordPg(await pool.connect(), recorder)
    await client.query({ name: 'twice', text: 'select id from users' })
    await client.query({ name: 'twice', text: '' })
    client.release()
    expect((await recorder.list()).statements).toEqual([
      expect.objectContaining({ sql: 'select id from users', source: expect.stringContaining('record-pg.test.ts:') }),
    ])
  })

  it('says what it cannot take, and why there is no list (2)', async () => {
    const out = path.join(await folder(), 'none', 'v1.json')
    const recorder = createRecorder({ ...options, out })
    expect(() => recordPg({} as pg.Pool, recorder)).toThrow(expect.objectContaining({ code: 'capture.recorder' }))
    expect(() => recordPg(pool, { ...recorder })).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(() => recordPg(pool, createRecorder({ ...options, dialect: 'mysql' }))).toThrow('one for mysql')
    expect(() => createRecorder({ ...options, out: 'v1.sql' })).toThrow(
      expect.objectContaining({ code: 'capture.out' }),
    )
    await expect(createRecorder(options).write()).rejects.toMatchObject({ code: 'capture.out' })
    await expect(recorder.write()).rejects.toMatchObject({
      code: 'capture.nothing',
      message: 'no statement was recorded',
    })
    recordPg(pool, recorder)
    await pool.query('begin')
    await expect(recorder.write()).rejects.toMatchObject({
      message: 'nothing that can be checked was recorded, only BEGIN',
    })
    await pool.query('select id from users')
    await expect(recorder.write()).rejects.toMatchObject({ code: 'file.unwritable' })
  })
})
