import { randomBytes } from 'node:crypto'
import { chown, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { serverFolder } from '../folders.ts'
import { serverIdentity } from '../identity.ts'
import { startWatchdog } from '../watchdog.ts'
import type { FoundMysql } from './find.ts'
import { initialise } from './initialise.ts'
import { launch } from './launch.ts'
import type { MysqlSettings } from './settings.ts'
import type { Site } from './site.ts'

/** How a server is started. */
export interface MysqlOptions {
  /** Options of the server program, by their long names. */
  readonly settings?: MysqlSettings
  /** Options that hold for as long as the data folder does: it is made with them too. */
  readonly lasting?: MysqlSettings
  /** `true`: the server goes on when this process dies. Default: it is stopped and its folder removed. */
  readonly keep?: boolean
  /** Aborts the start. */
  readonly signal?: AbortSignal | undefined
}

/** A running MySQL or MariaDB. */
export interface EmbeddedMysql {
  /** As the server says it, e.g. `10.11.19`. */
  readonly version: string
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

/**
 * Starts a server of its own in a temporary folder, as an unprivileged user and with a binary log, and waits until it answers.
 *
 * @throws `embedded.*` errors: exit 3 where this machine cannot run it, 75 where trying again may help.
 */
export async function startEmbeddedMysql(found: FoundMysql, options: MysqlOptions = {}): Promise<EmbeddedMysql> {
  const { keep = false, settings = {}, lasting = {}, signal } = options
  const identity = await serverIdentity()
  const { root, dataDir, logFile } = await serverFolder(found.kind, identity)
  const tmp = path.join(root, 'tmp')
  await mkdir(tmp, { mode: 0o700 })
  if (identity !== null) await chown(tmp, identity.uid, identity.gid)
  const watchdog = startWatchdog({ removeFolder: root, keep, endSignal: 'SIGQUIT' })
  const site: Site = { found, root, dataDir, logFile, identity, watchdog, settings, lasting, signal }
  try {
    const password = randomBytes(8).toString('hex')
    await initialise(site, password)
    signal?.throwIfAborted()
    return await handle(site, password)
  } catch (error) {
    await watchdog.close()
    throw error
  }
}

async function handle(site: Site, password: string): Promise<EmbeddedMysql> {
  const { watchdog, dataDir, logFile } = site
  const launched = await watchdog.hold(launch(site, password))
  const { port, url } = launched
  let current = launched.running
  return {
    version: launched.version,
    url,
    port,
    dataDir,
    logFile,
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
      current = (await watchdog.hold(launch({ ...site, signal: undefined }, password, port))).running
    },
  }
}
