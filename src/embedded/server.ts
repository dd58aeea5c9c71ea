import path from 'node:path'
import { internal } from '../errors.ts'
import { findBinaries } from './binaries.ts'
import { type ServerFolder, serverFolder } from './folders.ts'
import { serverIdentity } from './identity.ts'
import { initialise } from './initialise.ts'
import { type Launched, type LaunchSite, launch } from './launch.ts'
import { readLog } from './log.ts'
import { startWatchdog } from './watchdog.ts'

/** What to start. */
export interface EmbeddedOptions {
  /** PostgreSQL major, e.g. `18`. */
  readonly major: number
  /** TCP port on 127.0.0.1. Default: a free one. */
  readonly port?: number
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /**
   * `false`: fsync, synchronous_commit and full_page_writes off; for tests, whose data may die with the machine. The last commits
   * before a `kill()` may then be lost; `settings: { synchronous_commit: 'on' }` keeps them.
   */
  readonly durable?: boolean
  /** Folder for data and log that survives `stop()`. Default: a temporary one, removed by `stop()`. */
  readonly persistentDir?: string
  /** `true`: the server goes on when this process dies. Default: it is stopped and a temporary folder removed. */
  readonly keep?: boolean
  /** `false`: refuse (`embedded.not-installed`) rather than download binaries. */
  readonly download?: boolean
  /** Folder with `postgres` and `initdb` to use, instead of looking for binaries. */
  readonly binDir?: string
  /** Told before anything slow happens, such as a download. */
  readonly onMessage?: (message: string) => void
  /** Aborts the start. */
  readonly signal?: AbortSignal
}

/** A running server; any user of this machine can connect to it as `postgres`, without a password. */
export interface EmbeddedServer {
  readonly major: number
  /** As the server says it, e.g. `18.4`. */
  readonly version: string
  /** `postgres://postgres@127.0.0.1:PORT/postgres` */
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly logFile: string
  /** The postmaster's process id; another one after `restart()`. */
  readonly pid: number
  /** The server's log; after `stop()` what it was then. */
  log(): Promise<string>
  /** Stops the server and removes a temporary folder. `fast` (default) lets transactions abort, `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** SIGKILLs the postmaster; `restart()` recovers. */
  kill(): Promise<void>
  /** Stops if it runs, then starts again with the same data and port. */
  restart(): Promise<void>
}

/**
 * Starts an embedded PostgreSQL and waits until it answers.
 *
 * @throws `embedded.*` errors: exit 3 where this machine cannot run it, 75 where trying again may help.
 * @example
 * ```ts
 * const server = await startEmbedded({ major: 18, durable: false })
 * try { await useIt(server.url) } finally { await server.stop() }
 * ```
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { major, signal, persistentDir } = options
  const binDir = options.binDir ?? (await findBinaries(options)).binDir
  signal?.throwIfAborted()
  const identity = await serverIdentity()
  const folder = await serverFolder(`pg${major}`, identity, persistentDir)
  const watchdog = startWatchdog({
    removeFolder: folder.temporary ? folder.root : null,
    keep: options.keep ?? false,
    endSignal: folder.temporary ? 'SIGQUIT' : 'SIGINT',
  })
  const site = { watchdog, folder, identity, signal, binDir: path.resolve(binDir), settings: settingsOf(options) }
  try {
    await initialise(watchdog, folder, site.binDir, identity, major)
    const launched = await watchdog.hold(launch(site, options.port))
    if (Number.parseInt(launched.version, 10) !== major) {
      throw internal('embedded.start', `${site.binDir} holds PostgreSQL ${launched.version}, not ${major}.`)
    }
    return handle(site, folder, launched, major)
  } catch (error) {
    await watchdog.close()
    throw error
  }
}

function settingsOf({ settings = {}, durable = true }: EmbeddedOptions): Record<string, string> {
  const fast = durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const own = Object.entries(settings).map(([name, value]) => [name, String(value)])
  return { ...fast, ...Object.fromEntries(own) }
}

function handle(site: LaunchSite, folder: ServerFolder, first: Launched, major: number): EmbeddedServer {
  const { watchdog } = site
  const { port, version } = first
  let current = first.running
  let lastLog: string | undefined
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!current.exited()) current.signal(signal)
    await watchdog.hold(current.exit)
  }
  return {
    major,
    version,
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    dataDir: folder.dataDir,
    logFile: folder.logFile,
    get pid() {
      return current.pid
    },
    log: async () => lastLog ?? (await readLog(folder.logFile)),
    stop: async (mode = 'fast') => {
      await end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
      lastLog ??= await readLog(folder.logFile)
      await watchdog.close()
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGINT')
      current = (await watchdog.hold(launch({ ...site, signal: undefined }, port))).running
    },
  }
}
