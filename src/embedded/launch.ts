import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { internal, temporary } from '../errors.ts'
import type { ServerFolder } from './folders.ts'
import type { Identity } from './identity.ts'
import { logTail, readLog } from './log.ts'
import { freePort } from './port.ts'
import { waitUntilReady } from './ready.ts'
import type { Running, Watchdog } from './watchdog.ts'

/** What is needed to start a server in a folder, once or again. */
export interface LaunchSite {
  readonly watchdog: Watchdog
  readonly folder: ServerFolder
  readonly binDir: string
  readonly identity: Identity | null
  readonly settings: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** A server that answers. */
export interface Launched {
  readonly running: Running
  readonly port: number
  /** As the server says it, e.g. `18.4`. */
  readonly version: string
}

/** Starts the server and waits until it answers. Without a `port` it takes a free one. */
export async function launch(site: LaunchSite, port?: number): Promise<Launched> {
  const attempts = 20
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const logged = (await readLog(site.folder.logFile)).length
    const chosen = port ?? (await freePort())
    const running = await site.watchdog.run(postgresCommand(site, chosen))
    const version = await waitUntilReady(chosen, site.folder.dataDir, running, site.signal)
    if (version !== null) return { running, version, port: chosen }
    const said = (await readLog(site.folder.logFile)).slice(logged)
    await refuseUnlessPassing(said, site.folder.logFile, port)
    await sleep(100)
  }
  throw temporary(
    'embedded.start',
    `PostgreSQL did not start in ${attempts} attempts: ${await logTail(site.folder.logFile)}`,
  )
}

function postgresCommand(
  { binDir, folder, identity, settings }: LaunchSite,
  port: number,
): Parameters<Watchdog['run']>[0] {
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...settings }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = path.join(binDir, 'postgres')
  return { command, args: ['-D', folder.dataDir, ...args], cwd: folder.root, logFile: folder.logFile, identity }
}

// Two refusals pass by themselves: a port taken by somebody between our look and the start, and, after a SIGKILL of the
// postmaster, its backends that have not noticed yet and still hold the shared memory.
async function refuseUnlessPassing(said: string, logFile: string, port: number | undefined): Promise<void> {
  if (/shared memory block .* is still in use/.test(said)) return
  const taken = /Address already in use/i.test(said)
  if (taken && port === undefined) return
  const message = taken ? `Port ${port} of 127.0.0.1 is taken.` : `PostgreSQL did not start: ${await logTail(logFile)}`
  throw taken ? temporary('embedded.port', message) : internal('embedded.start', message)
}
