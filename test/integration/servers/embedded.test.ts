import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findBinaries } from '../../../src/embedded/binaries.ts'
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../../../src/embedded/server.ts'
import { connect, withClient } from '../../servers/connect.ts'
import { isAlive } from './processes.ts'

const open: EmbeddedServer[] = []
const start = async (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> => {
  const server = await startEmbedded({ major: 18, durable: false, ...options })
  open.push(server)
  return server
}
const ask = async (server: EmbeddedServer, sql: string): Promise<unknown> => {
  const { rows } = await withClient(server.url, (client) => client.query({ text: sql, rowMode: 'array' }))
  return rows[0]?.[0]
}

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(open.splice(0).map((server) => server.stop('immediate')))
})

describe('an embedded server', () => {
  it('answers, as the version it says it is, with the settings asked for', async () => {
    const server = await start({ settings: { max_connections: 33, log_statement: 'all' } })
    expect(await ask(server, 'select version()')).toContain(`PostgreSQL ${server.version} on`)
    expect(server.version).toMatch(/^18\.\d+$/)
    expect(await ask(server, 'show max_connections')).toBe('33')
    expect(await ask(server, 'show fsync')).toBe('off')
    expect(await ask(server, 'select 4711')).toBe(4711)
    expect(await server.log()).toContain('statement: select 4711')
  })

  it('is durable unless told otherwise', async () => {
    const server = await startEmbedded({ major: 18 })
    open.push(server)
    expect(await ask(server, 'show fsync')).toBe('on')
    expect(await ask(server, 'show synchronous_commit')).toBe('on')
  })

  it('takes nothing from the locale and PG* variables around it', async () => {
    const surroundings = {
      PGDATA: '/nowhere',
      PGPORT: '1',
      PGSSLMODE: 'require',
      LC_ALL: 'xx_XX.bad',
      TZ: 'Asia/Tokyo',
    }
    for (const [name, value] of Object.entries(surroundings)) vi.stubEnv(name, value)
    const server = await start()
    vi.unstubAllEnvs()
    expect(
      await ask(server, "select datcollate || ' ' || pg_encoding_to_char(encoding) from pg_database limit 1"),
    ).toBe('C UTF8')
    expect(await ask(server, 'show timezone')).toBe('UTC')
  })

  it('leaves neither process nor folder behind when stopped, but its log, and stops twice', async () => {
    const server = await start()
    const { pid, dataDir } = server
    expect(isAlive(pid)).toBe(true)
    await server.stop()
    await server.stop()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(path.dirname(dataDir))).toBe(false)
    expect(await server.log()).toContain('database system is shut down')
  })

  it('recovers what was committed after a SIGKILL', async () => {
    const server = await start({ settings: { synchronous_commit: 'on' } })
    await withClient(server.url, (client) => client.query('create table t as select 1 as id'))
    const client = await connect(server.url)
    const { pid } = server
    // A backend may answer once more before it notices that the postmaster is gone.
    const lost = new Promise<void>((resolve) => client.once('end', resolve))
    await server.kill()
    await lost
    await expect(client.query('select 1')).rejects.toThrow()
    await server.restart()
    expect(server.pid).not.toBe(pid)
    expect(await ask(server, 'select id from t')).toBe(1)
    expect(await server.log()).toContain('automatic recovery in progress')
  })

  it('refuses a port that is taken, as something that may pass, and cleans up', async () => {
    const first = await start()
    await expect(start({ port: first.port })).rejects.toMatchObject({ code: 'embedded.port', exitCode: 75 })
    expect(await ask(first, 'select 1')).toBe(1)
  })

  it('finds ports for many at once', async () => {
    const servers = await Promise.all([start(), start(), start(), start()])
    expect(new Set(servers.map(({ port }) => port)).size).toBe(4)
    for (const server of servers) expect(await ask(server, 'show data_directory')).toBe(server.dataDir)
  })

  it('says what the server said when a setting is wrong', async () => {
    await expect(start({ settings: { no_such_setting: 1 } })).rejects.toThrow(/unrecognized configuration parameter/)
  })

  it('stops starting when aborted', async () => {
    const controller = new AbortController()
    const starting = start({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
  })
})

describe('a persistent folder', () => {
  it('keeps its data over a stop, and is refused to another major', async () => {
    const persistentDir = await mkdtemp(path.join(os.tmpdir(), 'bellows-persistent-'))
    await chmod(persistentDir, 0o755)
    const first = await start({ persistentDir })
    await withClient(first.url, (client) => client.query('create table t as select 42 as id'))
    await first.stop()
    const second = await start({ persistentDir })
    expect(await ask(second, 'select id from t')).toBe(42)
    await second.stop()
    const { binDir } = await findBinaries({ major: 18 })
    await expect(start({ major: 17, binDir, persistentDir })).rejects.toMatchObject({ code: 'embedded.folder' })
    await rm(persistentDir, { recursive: true })
  })

  it.runIf(process.getuid?.() === 0)("is refused to root where the server's user cannot reach it", async () => {
    const persistentDir = await mkdtemp(path.join(os.tmpdir(), 'bellows-closed-'))
    await expect(start({ persistentDir })).rejects.toMatchObject({ code: 'embedded.folder', exitCode: 3 })
    await rm(persistentDir, { recursive: true })
  })
})
