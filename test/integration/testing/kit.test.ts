import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestKit, type TestContext, testEveryState, walkStates } from '../../../src/testing/index.ts'
import { withDatabase } from '../../servers/connect.ts'
import {
  connect,
  createDatabase,
  describeEachMysql,
  describeEachServer,
  describeEveryServer,
  withClient,
} from '../../servers/databases.ts'
import { columnOf, isThere, migrations, optionsOn, rename, schema } from './support.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellows-kit-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function scriptFile(text: string): Promise<URL> {
  const path = join(folder, `${Math.random()}.sql`)
  await writeFile(path, text)
  return pathToFileURL(path)
}

describeEveryServer('openTestKit', (server) => {
  const options = optionsOn(server)
  const { family } = options
  const fill = ({ url }: { url: string }): Promise<void> =>
    family.run(url, "insert into users (id, name) values (1, 'Ada')")

  it('knows the cells beforehand; each test has a database of its own, in any order and side by side', {
    timeout: 240_000,
  }, async () => {
    const kit = await openTestKit({ ...options, fill, back: true })
    const places: TestContext[] = []
    try {
      expect(kit.cells.map(({ title }) => title.slice(rename.length + 2))).toEqual([
        'before: old version',
        'expanded: old version',
        'before, rolled back from expanded: old version',
        'backfilled: old version',
        'backfilled: new version',
        'before, rolled back from backfilled: old version',
        'contracted: new version',
        'backfilled, rolled back from contracted: old version',
        'backfilled, rolled back from contracted: new version',
      ])
      const chosen = [6, 8, 2, 1].map((index) => kit.cells[index]!)
      const renamesAll = (cell: (typeof kit.cells)[number]): Promise<unknown> =>
        cell.run('writes', async (context) => {
          places.push(context)
          const column = columnOf[cell.version]
          expect(await family.rows(context.url, `select ${column} as n from users`)).toEqual([{ n: 'Ada' }])
          await family.run(context.url, `update users set ${column} = 'written'`)
        })
      await Promise.all(chosen.map(renamesAll))
      // What is missing in a state is missing there: it is the state that it says.
      const wrong = kit.cells[2]!.run('writes', ({ url }) => family.run(url, "update users set full_name = 'x'"))
      await expect(wrong).rejects.toMatchObject({ code: 'testing.failed' })
    } finally {
      await kit.close()
    }
    expect(new Set(places.map(({ url }) => url)).size).toBe(4)
    for (const place of places) expect(await isThere(server, place)).toBe(false)
  })

  it('all cells may run before it fails; those of both versions run where both have to work', async () => {
    const ran: string[] = []
    const wrong = ({ url }: TestContext): Promise<unknown> => family.rows(url, 'select wrong from users')
    const failed = await testEveryState({
      ...options,
      fill,
      onFailure: 'collect',
      tests: {
        old: {
          reads: ({ url, state }) => {
            ran.push(`old ${state}`)
            return family.rows(url, 'select name from users')
          },
        },
        new: { 'reads wrong': wrong },
        both: ({ state }) => {
          ran.push(`both ${state}`)
        },
      },
    }).catch((error: unknown) => error as Error)
    expect(ran).toEqual(['old before', 'old expanded', 'old backfilled', 'both backfilled'])
    expect(failed).toMatchObject({ code: 'testing.failed', exitCode: 4, cause: expect.any(AggregateError) })
    const lines = (failed as Error).message.split('\n')
    expect(lines[0]).toBe('2 of 6 tests failed:')
    expect(lines[1]).toMatch(new RegExp(`^- "reads wrong" of the new version failed in ${rename}, backfilled: .*wrong`))
    expect(lines[2]).toMatch(new RegExp(`^- "reads wrong" of the new version failed in ${rename}, contracted: .*wrong`))
  })

  it('the first that fails ends it, also with databases of their own; without any test it fails', async () => {
    const ran: string[] = []
    const tests = {
      old: ({ state }: TestContext): void => {
        ran.push(state)
        if (state === 'expanded') throw new Error('not here')
      },
    }
    await expect(testEveryState({ ...options, databases: 'own', tests })).rejects.toThrow(
      /"old" of the old version.*not here/,
    )
    expect(ran).toEqual(['before', 'expanded'])
    await expect(testEveryState({ ...options, tests: {} })).rejects.toMatchObject({
      code: 'testing.nothing',
      exitCode: 2,
    })
  })

  it('a session that a test leaves in a transaction is ended with its database', async () => {
    const places: TestContext[] = []
    const kit = await openTestKit(options)
    const cell = kit.cells[0]!
    await cell.run('leaks', async (context) => {
      places.push(context)
      const session = await family.session(context.url, 'leak')
      await session.run("begin; insert into users (id, name) values (1, 'Ada')")
    })
    await kit.close()
    expect(await isThere(server, places[0]!)).toBe(false)
  })

  it('a seed may be a file with a dump', async () => {
    const dump = {
      postgres: `\\restrict x\n${schema};\nselect pg_catalog.set_config('search_path', '', false);\n\\unrestrict x\n`,
      mysql: `${schema};\ncreate table shouts (id int primary key, word varchar(9));\nDELIMITER ;;\ncreate trigger shout before insert on shouts for each row begin set @a = 'x;;'; set new.word = upper(new.word); end ;;\nDELIMITER ;\ninsert into shouts (id, word) values (1, 'ada');\n`,
    }[family.name]
    const seed = await scriptFile(dump)
    for await (const { url } of walkStates({ ...options, seed })) {
      await family.rows(url, 'select name from users')
      if (family.name === 'mysql') expect(await family.rows(url, 'select word from shouts')).toEqual([{ word: 'ADA' }])
      break
    }
  })

  it('a script that leaves its database is refused before anything of it runs', async () => {
    const leaving = { postgres: `\\connect other\n${schema}`, mysql: `${schema}; use other` }[family.name]
    const seed = await scriptFile(leaving)
    await expect(openTestKit({ ...options, seed })).rejects.toMatchObject({ code: 'testing.seed', exitCode: 2 })
  })
})

describeEachMysql('testEveryState', (server) => {
  const options = optionsOn(server)
  const trigger = 'create trigger shout before insert on users for each row set new.name = upper(new.name)'

  it('a gate that stays closed is told, and can be forced as in production', async () => {
    const given = { ...options, seed: ({ url }: { url: string }) => options.family.run(url, `${schema}; ${trigger}`) }
    const tests = { new: { 'is reached': () => undefined } }
    await expect(testEveryState({ ...given, tests })).rejects.toMatchObject({
      code: 'testing.not-reached',
      exitCode: 5,
      message: expect.stringContaining('did not reach contracted'),
      details: { code: 'gate.closed' },
    })
    const passed = await testEveryState({ ...given, tests, forceGates: ['dependents'] })
    expect(passed.map(({ state }) => state)).toEqual(['backfilled', 'contracted'])
  })
})

describeEachServer('openTestKit', (server) => {
  const options = optionsOn(server)

  it('a role that may make no database is told so', async () => {
    const role = `kit_${Math.random().toString(36).slice(2)}`
    await withClient(server.url, (client) => client.query(`create role ${role} login password 'x'`))
    try {
      const url = new URL(server.url)
      url.username = role
      url.password = 'x'
      await expect(openTestKit({ ...options, database: url.href })).rejects.toMatchObject({
        code: 'testing.no-createdb',
        exitCode: 3,
        hint: expect.stringContaining('CREATEDB'),
      })
    } finally {
      await withClient(server.url, (client) => client.query(`drop role ${role}`))
    }
  })

  it('a seed that leaves a connection open is told so', async () => {
    const left: pg.Client[] = []
    const seed = async ({ url }: { url: string }): Promise<void> => {
      const client = await connect(url)
      left.push(client)
      await client.query(schema)
    }
    const kit = await openTestKit({ ...options, seed })
    try {
      await expect(kit.cells[0]!.run('never', () => undefined)).rejects.toMatchObject({
        code: 'testing.in-use',
        exitCode: 3,
      })
    } finally {
      await kit.close()
      for (const client of left) await client.end().catch(() => undefined)
    }
  })

  it('a parameter of the URL does not lead to another database', async () => {
    const named = await createDatabase(server)
    try {
      await withClient(named.url, (client) => client.query(schema))
      const database = `${withDatabase(server.url, 'postgres')}?dbname=${named.name}`
      const kit = await openTestKit({ ...options, database })
      await kit.cells[0]?.run('is elsewhere', ({ url }) => {
        expect(url).not.toContain(named.name)
      })
      await kit.close()
    } finally {
      await named.drop()
    }
  })
})

it('what is no server is refused without repeating it', async () => {
  const refusal = await openTestKit({ migrations, database: 'not a url:secret@' }).catch((error: Error) => error)
  expect(refusal).toMatchObject({ code: 'testing.database', exitCode: 2 })
  expect(JSON.stringify(refusal) + (refusal as Error).message).not.toContain('secret')
  // As it is where the environment does not name it.
  const unset = undefined as unknown as string
  await expect(openTestKit({ migrations, database: unset })).rejects.toMatchObject({ code: 'testing.database' })
  const wrong = { embedded: 'postgres', series: 'x' } as const
  await expect(openTestKit({ migrations, database: wrong })).rejects.toMatchObject({ code: 'testing.database' })
  const unreachable = { database: 'postgres://127.0.0.1:1/x', migrator: { connectTimeout: 300 } }
  await expect(openTestKit({ migrations, ...unreachable })).rejects.toMatchObject({ exitCode: 75 })
  await expect(openTestKit({ migrations: {}, database: 'postgres://127.0.0.1:1/x' })).rejects.toMatchObject({
    code: 'testing.nothing',
  })
})
