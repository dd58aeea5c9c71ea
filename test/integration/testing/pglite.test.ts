import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadPglite, openPglite, type PgliteDatabase } from '../../../src/dialects/postgres/pglite/index.ts'
import { openTestKit, startTestServer, walkStates } from '../../../src/testing/index.ts'
import { data } from '../shop-rows.ts'
import { columnOf, migrations, rename, schema } from './support.ts'

/*
 * PGlite has one session, which all connections share by turns: none must notice what another has set, and who has to wait is told.
 */

const patience = 300
const full = process.env.MATRIX === 'full'

async function withClient<T>(config: pg.ClientConfig | string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}

describe('connections to a PGlite', { timeout: 120_000 }, () => {
  let database: PgliteDatabase
  beforeAll(async () => {
    database = await openPglite(await loadPglite(), {}, patience)
    await withClient(database.url, (client) => client.query('create table t (a int)'))
  }, 120_000)
  afterAll(() => database.close())

  const two = <T>(body: (one: pg.Client, other: pg.Client) => Promise<T>): Promise<T> =>
    withClient(database.url, (one) => withClient(database.url, (other) => body(one, other)))
  const value = async (client: pg.Client, sql: string): Promise<unknown> =>
    Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]

  it('have settings, roles and names of statements of their own', async () => {
    await two(async (one, other) => {
      await one.query("set timezone = 'Asia/Tokyo'; set app.tenant = '7'; set search_path = pg_catalog")
      await one.query('select set_config($1, $2, false)', ['app.user', 'Ada'])
      await one.query({ name: 'same', text: 'select 1 as n' })
      await other.query({ name: 'same', text: 'select 2 as n' })
      expect(await value(other, 'show timezone')).toBe('UTC')
      expect(await value(other, 'show search_path')).toBe('"$user", public')
      expect(await value(other, "select current_setting('app.tenant', true)")).toBeOneOf([null, ''])
      expect(await value(one, 'show timezone')).toBe('Asia/Tokyo')
      expect(await value(one, "select current_setting('app.tenant') || current_setting('app.user')")).toBe('7Ada')
      expect((await one.query({ name: 'same', text: 'select 1 as n' })).rows).toEqual([{ n: 1 }])
      expect((await other.query({ name: 'same', text: 'select 2 as n' })).rows).toEqual([{ n: 2 }])
      await one.query('deallocate same')
      await expect(one.query({ name: 'same', text: 'select 1 as n' })).rejects.toMatchObject({ code: '26000' })
      expect((await other.query({ name: 'same', text: 'select 2 as n' })).rows).toEqual([{ n: 2 }])
      await one.query('discard all')
      expect(await value(one, 'show timezone')).toBe('UTC')
      expect((await other.query({ name: 'same', text: 'select 2 as n' })).rows).toEqual([{ n: 2 }])
    })
  })

  it('never have the value that a sequence gave another', async () => {
    await two(async (one, other) => {
      await one.query('create sequence s')
      await one.query("select nextval('s')")
      expect(await value(one, 'select lastval()')).toBe('1')
      await expect(other.query('select lastval()')).rejects.toMatchObject({ code: '55000' })
      await expect(one.query("select currval('s')")).rejects.toMatchObject({ code: '55000' })
      await one.query("begin; select nextval('s')")
      const waiting = other.query("select nextval('s')")
      expect(await value(one, 'select lastval()')).toBe('2')
      await one.query('commit')
      await waiting
    })
  })

  it('that send no messages are closed, and end nothing else', async () => {
    const closed = (line: Socket): Promise<unknown> => once(line.on('error', () => undefined).resume(), 'close')
    for (const length of [0, 4, 7]) {
      const line = connect(Number(new URL(database.url).port), '127.0.0.1')
      line.write(Buffer.from([0, 0, 0, length, 0, 0, 0, 0]))
      await closed(line)
    }
    for (const bytes of [
      [0x51, 0, 0, 0, 1, 0],
      [0x51, 0, 0, 0, 6, 65, 65],
    ]) {
      const client = new pg.Client(database.url)
      client.on('error', () => undefined)
      await client.connect()
      const line = (client as unknown as { connection: { stream: Socket } }).connection.stream
      line.write(Buffer.from(bytes))
      await closed(line)
    }
    expect(await withClient(database.url, (client) => value(client, 'select 1'))).toBe(1)
  })

  it('begin as the role and the database say', async () => {
    await withClient(database.url, (client) =>
      client.query("create role app login; alter role app set datestyle = 'SQL, DMY'; grant select on t to app"),
    )
    const url = new URL(database.url)
    url.username = 'app'
    url.searchParams.set('options', '-c timezone=Asia/Tokyo -c search_path=a,\\ b')
    await withClient(url.href, async (client) => {
      expect(await value(client, 'select session_user::text')).toBe('app')
      expect(await value(client, 'show datestyle')).toBe('SQL, DMY')
      expect(await value(client, 'show timezone')).toBe('Asia/Tokyo')
      expect(await value(client, 'show search_path')).toBe('a, b')
      await expect(client.query('insert into public.t values (1)')).rejects.toMatchObject({ code: '42501' })
    })
    expect(await withClient(database.url, (client) => value(client, 'select session_user::text'))).toBe('postgres')
  })

  it('wait for the end of a transaction of another, and are told when it does not come', async () => {
    await two(async (one, other) => {
      await one.query('begin; insert into t values (1)')
      const waiting = value(other, 'select count(*)::int from t')
      await one.query('commit')
      expect(await waiting).toBe(1)

      await one.query('begin; insert into t values (2)')
      await expect(other.query('select $1::int', [1])).rejects.toMatchObject({
        code: '55P03',
        message: 'PGlite has one session, and another connection is in a transaction',
      })
      await one.query('rollback')
      expect(await value(other, 'select count(*)::int from t')).toBe(1)
    })
  })

  it.each([
    ['create temp table u (a int)', 'a temporary table'],
    ['create function pg_temp.f() returns int return 1', 'a temporary function'],
    ['select pg_advisory_lock(1)', 'an advisory lock'],
    ['listen here', 'LISTEN'],
    ['prepare s as select 1', 'a statement of PREPARE'],
    ['begin; declare c cursor with hold for select 1; commit', 'a cursor WITH HOLD'],
  ])('wait for one that has said: %s', async (sql, what) => {
    await withClient(database.url, async (other) => {
      await withClient({ connectionString: database.url, application_name: 'app' }, async (one) => {
        await one.query(sql)
        await expect(other.query('select 1')).rejects.toThrow(`PGlite has one session, and app has ${what}`)
      })
      // With the connection goes what it had.
      expect(await value(other, 'select 1')).toBe(1)
    })
  })

  it('leave nothing of a transaction behind that they did not end', async () => {
    await withClient(database.url, (client) => client.query('begin; create table gone (a int)'))
    expect(await withClient(database.url, (client) => value(client, "select to_regclass('gone')"))).toBeNull()
  })

  it('send rows by COPY, and what cannot be sent is told', async () => {
    await withClient(database.url, async (client) => {
      await client.query('truncate t')
      await copy(client, 'copy t from stdin', '1\n2\n')
      expect(await value(client, 'select count(*)::int from t')).toBe(2)
      await expect(copy(client, 'copy t from stdin', 'x\n')).rejects.toMatchObject({ code: '22P02' })
      await expect(client.query('select 1; copy t from stdin')).rejects.toThrow('a statement of its own')
      await expect(client.query({ name: 'c', text: 'copy t from stdin' })).rejects.toThrow('a statement of its own')
      expect(await value(client, "select 'copy from stdin'")).toBe('copy from stdin')
      expect(await value(client, 'select count(*)::int from t')).toBe(2)
    })
  })

  it('are for who says the password, and names the database', async () => {
    const wrong = new URL(database.url)
    wrong.password = 'x'
    await expect(withClient(wrong.href, async () => undefined)).rejects.toMatchObject({ code: '28P01' })
    const elsewhere = new URL(database.url)
    elsewhere.pathname = '/other'
    await expect(withClient(elsewhere.href, async () => undefined)).rejects.toMatchObject({ code: '3D000' })
    const nobody = new URL(database.url)
    nobody.username = 'nobody'
    await expect(withClient(nobody.href, (client) => client.query('select 1'))).rejects.toThrow(/nobody/)
    expect(await withClient(database.url, (client) => value(client, 'select session_user::text'))).toBe('postgres')
  })
})

it.runIf(full)('takes as much as docs/testing.md says', { timeout: 120_000 }, async () => {
  const create = await loadPglite()
  const databases = [await openPglite(create, {})]
  try {
    const files = (await databases[0]?.files()) as Blob
    // One more than is looked at: reading the first files takes room of its own.
    databases.push(await openPglite(create, { loadDataDir: files }))
    const [cpu, memory] = [process.cpuUsage(), process.memoryUsage().rss]
    for (let count = 0; count < 3; count++) databases.push(await openPglite(create, { loadDataDir: files }))
    const { user, system } = process.cpuUsage(cpu)
    const each = { seconds: (user + system) / 3e6, megabytes: (process.memoryUsage().rss - memory) / 3e6 }
    console.log('a further PGlite', each)
    expect(each.seconds).toBeLessThan(1.5)
    expect(each.megabytes).toBeGreaterThan(100)
    expect(each.megabytes).toBeLessThan(300)
  } finally {
    for (const database of databases) await database.close()
  }
})

describe('the test kit on PGlite', { timeout: 240_000 }, () => {
  const seed = ({ url }: { url: string }): Promise<void> =>
    withClient(url, async (client) => void (await client.query(schema)))
  const options = { database: { pglite: true }, migrations, only: [rename], seed } as const

  it.runIf(full)(
    'gives each cell a database of its own, and names version, state and test of one that fails',
    async () => {
      const kit = await openTestKit(options)
      try {
        expect(kit.cells).toHaveLength(5)
        const [, expanded, , , contracted] = kit.cells
        await expanded?.run('writes', ({ url }) =>
          withClient(url, async (client) => {
            await client.query("insert into users (id, name) values (1, 'Ada')")
          }),
        )
        expect(kit.cells[0]?.limits.join()).toContain('One session')
        const failing = contracted?.run('reads', ({ url }) =>
          withClient(url, async (client) => {
            expect((await client.query('select full_name from users')).rows).toEqual([])
            await client.query('select name from users')
          }),
        )
        await expect(failing).rejects.toMatchObject({
          code: 'testing.failed',
          message: expect.stringContaining(`"reads" of the new version failed in ${rename}, contracted:`),
        })
      } finally {
        await kit.close()
      }
    },
  )

  it.runIf(full)('leads one database through every state and back', async () => {
    const seen: string[] = []
    for await (const { url, title, versions } of walkStates({ ...options, back: true })) {
      seen.push(title.slice(rename.length + 2))
      for (const version of versions) {
        await withClient(url, (client) =>
          client.query(
            `insert into users (id, ${columnOf[version]}) values (${seen.length}, 'Ada') on conflict do nothing`,
          ),
        )
      }
    }
    expect(seen).toHaveLength(7)
  })

  it.runIf(full)('carries every example through every phase', { timeout: 900_000 }, async () => {
    const folder = path.resolve(import.meta.dirname, '../../../migrations-example')
    const script = readFileSync(path.join(folder, 'schema.sql'), 'utf8') + data
    const seen = new Map<string, string[]>()
    const states = walkStates({
      database: { pglite: true },
      migrations: folder,
      seed: ({ url }) => withClient(url, async (client) => void (await client.query(script))),
    })
    for await (const { migration, state } of states) seen.set(migration, [...(seen.get(migration) ?? []), state])
    expect(seen.size).toBe(readdirSync(folder).filter((file) => /^\d/.test(file)).length)
    for (const each of seen.values()) expect(each).toEqual(['before', 'expanded', 'backfilled', 'contracted'])
  })
})

it('a PGlite that is not installed is told with the command', async () => {
  const missing = Object.assign(new Error("Cannot find package '@electric-sql/pglite'"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
  await expect(loadPglite(() => Promise.reject(missing))).rejects.toMatchObject({
    code: 'testing.no-pglite',
    exitCode: 3,
    message: 'PGlite is not installed',
    hint: expect.stringContaining('npm install --save-dev @electric-sql/pglite'),
  })
})

it('it is no server that other processes use', async () => {
  const source = { pglite: true } as unknown as { embedded: 'postgres' }
  await expect(startTestServer(source)).rejects.toMatchObject({ code: 'testing.database', exitCode: 2 })
})

interface CopyLine {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** As a driver sends rows: only when it is asked for them. */
function copy(client: pg.Client, text: string, rows: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | null = null
    const query = {
      submit: (line: CopyLine) => line.query(text),
      handleCopyInResponse: (line: CopyLine) => {
        line.sendCopyFromChunk(Buffer.from(rows))
        line.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      handleError: (error: Error) => {
        failed = error
        reject(error)
      },
      handleReadyForQuery: () => {
        if (failed === null) resolve()
      },
    }
    client.query(query as unknown as pg.Submittable)
  })
}
