import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/server.ts'
import { withClient } from './connect.ts'
import type { TestServer } from './find.ts'
import { mysqlRows, withMysql } from './mysql/connect.ts'
import { startOwn } from './mysql/find.ts'

/** A server with a replica of its own. */
export interface Replicated {
  readonly primary: { readonly url: string }
  readonly replica: { readonly url: string }
  /** The replica goes on to receive, and shows nothing of it. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** The primary dies at once, and the replica takes its place: from then on it is written to. */
  failOver(): Promise<void>
  stop(): Promise<void>
}

/** Settings of both, by the names of the engine. */
export interface ReplicatedSettings {
  readonly primary?: Readonly<Record<string, string | number>>
  readonly replica?: Readonly<Record<string, string | number>>
}

/** Starts both, of the same series as this server. */
export function startReplicated(server: TestServer, settings: ReplicatedSettings = {}): Promise<Replicated> {
  return server.kind === 'postgres' ? startPostgres(server, settings) : startMysql(server, settings)
}

async function startPostgres({ major }: TestServer, settings: ReplicatedSettings): Promise<Replicated> {
  const primary = await startEmbedded({
    major,
    durable: false,
    settings: { wal_level: 'logical', wal_keep_size: '256MB', ...settings.primary },
  })
  try {
    const standby = await startStandby(primary, settings.replica)
    const say = (sql: string): Promise<void> =>
      withClient(standby.server.url, (client) => client.query(sql)).then(() => undefined)
    return {
      primary,
      replica: standby.server,
      pause: () => say('select pg_wal_replay_pause()'),
      resume: () => say('select pg_wal_replay_resume()'),
      failOver: async () => {
        await primary.kill()
        await say('select pg_promote()')
      },
      stop: async () => {
        await standby.stop()
        await primary.stop('immediate')
      },
    }
  } catch (error) {
    await primary.stop('immediate')
    throw error
  }
}

/**
 * A hot standby of a server that runs: a copy of its files between the two calls that bracket a backup, and the log from there on by
 * streaming (manual, 25.3.3 and 26.2).
 */
export async function startStandby(
  primary: EmbeddedServer,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<{ readonly server: EmbeddedServer; readonly stop: () => Promise<void> }> {
  const root = await mkdtemp(path.join(path.dirname(path.dirname(primary.dataDir)), 'bellows-standby-'))
  const data = path.join(root, 'data')
  try {
    await chmod(root, 0o755)
    const [start, stop, label] =
      primary.major < 15
        ? ["pg_start_backup('standby', true, false)", 'pg_stop_backup(false, false)', 'labelfile']
        : ["pg_backup_start('standby', true)", 'pg_backup_stop(false)', 'labelfile']
    const text = await withClient(primary.url, async (client) => {
      await client.query(`select ${start}`)
      // What goes away meanwhile is in the log; cp complains of it.
      await promisify(execFile)('cp', ['-a', primary.dataDir, data]).catch(() => undefined)
      const { rows } = await client.query<{ label: string }>(`select ${label} as label from ${stop}`)
      return rows[0]?.label ?? ''
    })
    for (const gone of ['postmaster.pid', 'postmaster.opts']) await rm(path.join(data, gone), { force: true })
    const { uid, gid } = await stat(primary.dataDir)
    const connect = `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=postgres application_name=standby'\n`
    const files = { backup_label: text, 'standby.signal': '', 'postgresql.auto.conf': connect }
    for (const [name, content] of Object.entries(files)) {
      await writeFile(path.join(data, name), content)
      await chown(path.join(data, name), uid, gid)
    }
    const server = await startEmbedded({
      major: primary.major,
      durable: false,
      persistentDir: root,
      settings: { hot_standby: 'on', ...settings },
    })
    return {
      server,
      stop: async () => {
        await server.stop('immediate')
        await rm(root, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true })
    throw error
  }
}

async function startMysql(server: TestServer, settings: ReplicatedSettings): Promise<Replicated> {
  const mariadb = server.kind === 'mariadb'
  const primary = await startOwn(server, { 'server-id': 1, 'log-bin-trust-function-creators': 1, ...settings.primary })
  if (primary === null) throw new Error(`no binaries of ${server.name}`)
  const replica = await startOwn(server, { 'server-id': 2, 'read-only': 1, ...settings.replica })
  if (replica === null) throw new Error(`no binaries of ${server.name}`)
  const say = (sql: string): Promise<void> =>
    withMysql(replica.url, (connection) => connection.query(sql)).then(() => undefined)
  const stop = async (): Promise<void> => {
    await replica.stop()
    await primary.stop()
  }
  try {
    const [at] = await mysqlRows<{ File: string; Position: number }>(
      primary.url,
      mariadb ? 'show master status' : 'show binary log status',
    )
    const { port, username, password } = new URL(primary.url)
    const word = mariadb ? 'MASTER' : 'SOURCE'
    const parts = [
      `${word}_HOST = '127.0.0.1', ${word}_PORT = ${port}, ${word}_USER = '${username}', ${word}_PASSWORD = '${password}'`,
      `${word}_LOG_FILE = '${at?.File}', ${word}_LOG_POS = ${at?.Position}`,
      ...(mariadb ? [] : ['GET_SOURCE_PUBLIC_KEY = 1']),
    ]
    await say(
      `change ${mariadb ? 'master' : 'replication source'} to ${parts.join(', ')}; start ${mariadb ? 'slave' : 'replica'}`,
    )
    return {
      primary,
      replica,
      pause: () => say(mariadb ? 'stop slave sql_thread' : 'stop replica sql_thread'),
      resume: () => say(mariadb ? 'start slave sql_thread' : 'start replica sql_thread'),
      failOver: async () => {
        await primary.kill()
        // What it has received is applied first.
        await new Promise((resolve) => setTimeout(resolve, 1000))
        await say(mariadb ? 'stop slave; reset slave all' : 'stop replica; reset replica all')
        await say('set global read_only = 0')
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Both addresses of a database of the primary. */
export function databaseOn({ primary, replica }: Replicated, name: string): { primary: string; replica: string } {
  const at = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href
  return { primary: at(primary.url), replica: at(replica.url) }
}
