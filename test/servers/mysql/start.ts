import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Identity, serverIdentity } from '../../../src/embedded/identity.ts'
import { logTail } from '../../../src/embedded/log.ts'
import { freePort } from '../../../src/embedded/port.ts'
import { type Running, startWatchdog, type Watchdog } from '../../../src/embedded/watchdog.ts'
import type { ServerKind } from '../wanted.ts'
import type { Binaries } from './binaries.ts'
import { withMysql } from './connect.ts'

/** A running MySQL or MariaDB. */
export interface StartedServer {
  /** The account `root` with its password; no database. */
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly logFile: string
  /** The server's process id; another one after `restart()`. */
  readonly pid: number
  /** Ends it and removes its folder. */
  stop(): Promise<void>
  /** SIGKILLs the server; `restart()` recovers. */
  kill(): Promise<void>
  /** Starts it again on the same port, after `kill()` or a shutdown. */
  restart(): Promise<void>
}

interface Site {
  readonly kind: ServerKind
  readonly binaries: Binaries
  readonly root: string
  readonly dataDir: string
  readonly logFile: string
  readonly identity: Identity | null
  readonly watchdog: Watchdog
  readonly settings: Readonly<Record<string, string | number>>
}

/** Starts a server of its own in a temporary folder, with an unprivileged user and a binary log. `settings` are its options. */
export async function startMysql(
  kind: ServerKind,
  binaries: Binaries,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<StartedServer> {
  const identity = await serverIdentity()
  const root = await mkdtemp(path.join(os.tmpdir(), `bellows-${kind}-`))
  const dataDir = path.join(root, 'data')
  await chmod(root, identity === null ? 0o700 : 0o755)
  for (const folder of [dataDir, path.join(root, 'tmp')]) {
    await mkdir(folder, { mode: 0o700 })
    if (identity !== null) await chown(folder, identity.uid, identity.gid)
  }
  const watchdog = startWatchdog({ removeFolder: root, keep: false, endSignal: 'SIGQUIT' })
  const logFile = path.join(root, 'server.log')
  const site: Site = { kind, binaries, root, dataDir, logFile, identity, watchdog, settings }
  try {
    const password = randomBytes(8).toString('hex')
    await initialise(site, password)
    return await handle(site, password)
  } catch (error) {
    await watchdog.close()
    throw error
  }
}

async function initialise(site: Site, password: string): Promise<void> {
  const script = path.join(site.root, 'initialise.sql')
  const accounts = path.join(site.root, 'accounts.sql')
  await writeFile(accounts, accountsFor(site.kind, password))
  await writeFile(script, site.kind === 'mariadb' ? await systemTables(site.binaries.share) : '')
  const [program, ...first] = site.binaries.command
  const args = [...first, '--no-defaults', ...options({ ...surroundings(site), datadir: site.dataDir })]
  // MariaDB reads the statements from its input, which a program under the watchdog does not have.
  const command =
    site.kind === 'mariadb'
      ? { command: '/bin/sh', args: ['-c', `exec "$0" "$@" < '${script}'`, program!, ...args, '--bootstrap'] }
      : { command: program!, args: [...args, '--initialize-insecure'] }
  const { root, logFile, identity, watchdog } = site
  const running = await watchdog.run({ ...command, cwd: root, logFile, identity })
  const status = await watchdog.hold(running.exit)
  if (status !== 0) throw new Error(`The data folder could not be made (${status}): ${await logTail(logFile)}`)
}

// One statement a line: both servers read this file so, at each start.
function accountsFor(kind: ServerKind, password: string): string {
  return [
    ...(kind === 'mariadb' ? ["DROP USER IF EXISTS root@'127.0.0.1', root@'::1';"] : []),
    `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
    `CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;",
    '',
  ].join('\n')
}

// The part of MariaDB's installation script that makes the system tables, without what it looks for around it.
async function systemTables(share: string): Promise<string> {
  const prefix = path.basename(share) === 'mariadb' ? 'mariadb' : 'mysql'
  const names = ['system_tables', 'performance_tables', 'system_tables_data'].map((name) => `${prefix}_${name}`)
  const files = [...names, 'maria_add_gis_sp_bootstrap', `${prefix}_sys_schema`]
  const texts = await Promise.all(files.map((file) => readFile(path.join(share, `${file}.sql`), 'utf8')))
  return ['create database mysql;', 'use mysql;', 'set @auth_root_socket=null;', ...texts, ''].join('\n')
}

function surroundings({ kind, root, binaries: { share, pluginDir } }: Site): Record<string, string | number> {
  return {
    // MariaDB clears the temporary tables out of it when it starts, those of its neighbours too.
    tmpdir: path.join(root, 'tmp'),
    'lc-messages-dir': share,
    'character-sets-dir': path.join(share, 'charsets'),
    ...(pluginDir === null ? {} : { 'plugin-dir': pluginDir }),
    // A test's data may die with the machine, not with the process; small files are made faster.
    'innodb-flush-log-at-trx-commit': 2,
    ...(kind === 'mysql'
      ? { 'innodb-redo-log-capacity': '32M', 'secure-file-priv': '', mysqlx: 'OFF' }
      : { 'innodb-log-file-size': '32M', 'server-id': 1, 'log-bin': 'binlog' }),
  }
}

function options(settings: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
}

async function handle(site: Site, password: string): Promise<StartedServer> {
  const { watchdog } = site
  const port = await watchdog.hold(freePort())
  const url = `${site.kind}://root:${password}@127.0.0.1:${port}/`
  let current = await watchdog.hold(launch(site, port, url))
  return {
    url,
    port,
    dataDir: site.dataDir,
    logFile: site.logFile,
    get pid() {
      return current.pid
    },
    stop: async () => {
      if (!current.exited()) current.signal('SIGKILL')
      await watchdog.hold(current.exit)
      await watchdog.close()
    },
    kill: async () => {
      current.signal('SIGKILL')
      await watchdog.hold(current.exit)
    },
    restart: async () => {
      await watchdog.hold(current.exit)
      current = await watchdog.hold(launch(site, port, url))
    },
  }
}

async function launch(site: Site, port: number, url: string): Promise<Running> {
  const { binaries, root, dataDir, logFile, identity, watchdog } = site
  const [program, ...first] = binaries.command
  const settings = {
    ...surroundings(site),
    datadir: dataDir,
    port,
    'bind-address': '127.0.0.1',
    socket: path.join(dataDir, 'socket'),
    'pid-file': path.join(dataDir, 'pid'),
    'init-file': path.join(root, 'accounts.sql'),
    'sync-binlog': 0,
    'max-connections': 200,
    ...site.settings,
  }
  // Names are not looked up: an account is that of the address, on every machine.
  const args = [...first, '--no-defaults', '--skip-name-resolve', ...options(settings)]
  const running = await watchdog.run({ command: program!, args, cwd: root, logFile, identity })
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    if (running.exited()) throw new Error(`The server did not start: ${await logTail(logFile)}`)
    // Only with the password that only this server knows: somebody else may have taken the port.
    const answers = await withMysql(url, async () => true).catch(() => false)
    if (answers) return running
  }
  throw new Error(`The server did not answer within a minute: ${await logTail(logFile)}`)
}
