import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../../../src/embedded/server.ts'
import { changeType, createMigrator, type Migrator, type MigratorOptions, renameColumn } from '../../../src/index.ts'
import { connect, createDatabase, describeEachServer, withClient } from '../../servers/databases.ts'
import { failureOf } from '../input/setup.ts'
import { ask } from './ask.ts'

const servers: EmbeddedServer[] = []
const migrators: Migrator[] = []
const folders: string[] = []

async function start(options: Partial<EmbeddedOptions>): Promise<EmbeddedServer> {
  const server = await startEmbedded({ major: 18, durable: false, ...options })
  servers.push(server)
  return server
}

function migratorOn(database: string, options: Partial<MigratorOptions> = {}): Migrator {
  const migrations = {
    m1: {
      intents: [
        renameColumn({ table: 'items', from: 'name', to: 'title' }),
        changeType({ table: 'items', column: 'qty', to: 'bigint' }),
      ],
    },
  }
  const migrator = createMigrator({ database, migrations, quietPeriod: 0, connectTimeout: 1500, ...options })
  migrators.push(migrator)
  return migrator
}

afterEach(async () => {
  await Promise.all(migrators.splice(0).map((migrator) => migrator.close()))
  await Promise.all(servers.splice(0).map((server) => server.stop('immediate').catch(() => undefined)))
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const schema = (rows: number): string =>
  `create table items (id int primary key, name text, qty int); insert into items select i, 'name ' || i, i from generate_series(1, ${rows}) i`

describe('a server whose connection slots are taken', () => {
  it('is 75 once the time for connecting is over, and waited for until then', async () => {
    const server = await start({ settings: { max_connections: 12, superuser_reserved_connections: 2 } })
    await withClient(server.url, (client) => client.query('create role app login'))
    const url = server.url.replace('postgres@', 'app@')
    const taken: pg.Client[] = []
    for (;;) {
      const client = await connect(url).catch(() => null)
      if (client === null) break
      taken.push(client)
    }
    const failure = await failureOf(migratorOn(url, { connectTimeout: 700 }).status())
    expect(failure).toMatchObject({
      exitCode: 75,
      code: 'database.too-many-connections',
      hint: expect.stringContaining('max_connections'),
    })

    const waiting = migratorOn(url, { connectTimeout: 20_000 }).status()
    await sleep(400)
    await Promise.all(taken.map((client) => client.end()))
    expect((await waiting).migrations).toHaveLength(1)
  })
})

describe('a server that dies', () => {
  it('in the middle of a backfill is 75, and the same command goes on and ends right', async () => {
    const server = await start({ settings: { synchronous_commit: 'on' } })
    const rows = 30_000
    await withClient(server.url, (client) => client.query(schema(rows)))
    let batches = 0
    let kill: () => void = () => undefined
    const killed = new Promise<void>((resolve) => {
      kill = () => resolve(server.kill())
    })
    const first = migratorOn(server.url, {
      onEvent: (event) => {
        if (event.kind === 'progress' && event.doing === 'backfill' && ++batches === 4) kill()
      },
    })
    await first.expand()
    const failure = await failureOf(first.backfill({ maxRate: 8000 }))
    await killed
    expect(failure).toMatchObject({ exitCode: 75 })
    expect(await failureOf(migratorOn(server.url, { connectTimeout: 300 }).backfill())).toMatchObject({ exitCode: 75 })

    await server.restart()
    const before = await ask<{ done: number }>(server.url, 'select max(rows_done)::int as done from bellows.backfills')
    expect(before?.done).toBeGreaterThan(0)
    expect(before?.done).toBeLessThan(rows)
    const again = migratorOn(server.url)
    await again.backfill()
    expect((await again.verify()).migrations).toMatchObject([
      {
        ok: true,
        lenses: [
          { rows, mismatches: 0 },
          { rows, mismatches: 0 },
        ],
      },
    ])
    const filled = await ask<{ n: number }>(
      server.url,
      'select count(*)::int as n from items where title is distinct from name',
    )
    expect(filled).toEqual({ n: 0 })
    await again.contract()
    await again.purge({ ignoreRetention: true })
    expect((await again.status()).migrations).toMatchObject([{ state: 'completed' }])
  })

  it('before the command is waited for while it starts', async () => {
    const server = await start({ settings: { synchronous_commit: 'on' } })
    await withClient(server.url, (client) => client.query(schema(10)))
    await server.kill()
    const waiting = migratorOn(server.url, { connectTimeout: 40_000 }).expand()
    await sleep(300)
    await server.restart()
    expect((await waiting).migrations).toMatchObject([{ state: 'expanded' }])
  })
})

describe('a standby', () => {
  it('is 75 for what writes, and can be looked at', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-standby-'))
    folders.push(folder)
    await chmod(folder, 0o755)
    const primary = await start({ persistentDir: folder })
    await withClient(primary.url, (client) => client.query(schema(10)))
    await migratorOn(primary.url).expand()
    await Promise.all(migrators.splice(0).map((migrator) => migrator.close()))
    const signal = path.join(primary.dataDir, 'standby.signal')
    await primary.stop()
    servers.length = 0
    await writeFile(signal, '')
    const standby = await start({ persistentDir: folder })
    expect(await ask(standby.url, 'select pg_is_in_recovery() as recovering')).toEqual({ recovering: true })

    const migrator = migratorOn(standby.url, { leaseWait: 500 })
    expect((await migrator.status()).migrations).toMatchObject([{ state: 'expanded' }])
    expect((await migrator.plan()).migrations).toHaveLength(1)
    for (const work of [
      () => migrator.backfill(),
      () => migrator.rollback({ quietPeriod: 0 }),
      () => migrator.contract({ name: 'm1' }),
    ]) {
      const failure = await failureOf(work())
      expect(failure.exitCode === 5 || failure.exitCode === 75).toBe(true)
      if (failure.exitCode === 75)
        expect(failure).toMatchObject({ code: 'database.read-only', hint: expect.stringContaining('primary') })
    }
    expect(await failureOf(migratorOn(standby.url, { stateSchema: 'other' }).expand())).toMatchObject({
      exitCode: 75,
      code: 'database.read-only',
    })
  })
})

describeEachServer('settings of the database or the role', (server) => {
  it('do not stand in the way: read-only, short time-outs, other styles, an empty search_path', async () => {
    const database = await createDatabase(server)
    try {
      await withClient(database.url, (client) => client.query(schema(10)))
      await withClient(server.url, async (client) => {
        const settings = [
          'default_transaction_read_only = on',
          'default_transaction_isolation = serializable',
          'default_transaction_deferrable = on',
          'standard_conforming_strings = off',
          'backslash_quote = on',
          'quote_all_identifiers = on',
          "datestyle = 'German, DMY'",
          'intervalstyle = sql_standard',
          'extra_float_digits = -10',
          'bytea_output = escape',
          "timezone = 'Asia/Kathmandu'",
          'client_min_messages = debug1',
          'transform_null_equals = on',
          'lock_timeout = 1',
          'enable_indexscan = off',
        ]
        for (const setting of settings) {
          await client.query(`alter database "${database.name}" set ${setting}`).catch((error: Error) => {
            // PostgreSQL 19 has no way to turn it off any more.
            if (!setting.startsWith('standard')) throw error
          })
        }
      })
      const migrator = migratorOn(database.url)
      for await (const { state } of migrator.walk()) if (state === 'completed') break
      expect((await migrator.status()).migrations).toMatchObject([{ state: 'completed' }])
    } finally {
      await Promise.all(migrators.splice(0).map((migrator) => migrator.close()))
      await database.drop()
    }
  })
})
