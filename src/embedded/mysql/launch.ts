import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { internal, temporary } from '../../errors.ts'
import { logTail, readLog } from '../log.ts'
import { freePort } from '../port.ts'
import type { Running } from '../watchdog.ts'
import { accountsFile } from './initialise.ts'
import { asArguments, surroundings } from './settings.ts'
import type { Site } from './site.ts'

/** A server that answers. */
export interface Launched {
  readonly running: Running
  readonly port: number
  readonly url: string
  readonly version: string
}

const patienceMs = 60_000
const attempts = 5

/** Starts the server and waits until it answers. Without a `port` it takes a free one. */
export async function launch(site: Site, password: string, port?: number): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const logged = (await readLog(site.logFile)).length
    const chosen = port ?? (await freePort())
    const url = `${site.found.kind}://root:${password}@127.0.0.1:${chosen}/`
    const running = await site.watchdog.run(commandFor(site, chosen))
    const version = await answerOf(url, running, site.signal)
    if (version !== null) return { running, port: chosen, url, version }
    const said = (await readLog(site.logFile)).slice(logged)
    // Somebody took the port between our look and the start.
    const taken = /Address already in use/i.test(said)
    if (taken && port === undefined && attempt < attempts) continue
    const message = `The server did not start: ${await logTail(site.logFile)}`
    throw taken ? temporary('embedded.port', message) : internal('embedded.start', message)
  }
}

function commandFor(site: Site, port: number): Parameters<Site['watchdog']['run']>[0] {
  const { found, root, dataDir, logFile, identity } = site
  const [program, ...first] = found.binaries.command
  const settings = {
    ...surroundings(found.kind, found.binaries, root),
    datadir: dataDir,
    port,
    'bind-address': '127.0.0.1',
    socket: path.join(dataDir, 'socket'),
    'pid-file': path.join(dataDir, 'pid'),
    'init-file': accountsFile(root),
    'sync-binlog': 0,
    'max-connections': 200,
    ...site.lasting,
    ...site.settings,
  }
  // Names are not looked up: an account is that of the address, on every machine.
  const args = [...first, '--no-defaults', '--skip-name-resolve', ...asArguments(settings)]
  return { command: program, args, cwd: root, logFile, identity }
}

/** The server's version, null when it ended instead. */
async function answerOf(url: string, running: Running, signal: AbortSignal | undefined): Promise<string | null> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(50)) {
    signal?.throwIfAborted()
    if (running.exited()) return null
    const version = await ask(url)
    if (version !== null) return version
  }
  throw temporary('embedded.start', `The server did not answer within ${patienceMs / 1000} seconds.`)
}

/** Only our server lets us in with the password that it alone knows: somebody else may have taken the port. */
async function ask(url: string): Promise<string | null> {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 5000 }).catch(() => null)
  if (connection === null) return null
  // Without a listener, the connection being cut later would be an uncaught error event.
  connection.on('error', () => undefined)
  try {
    const [rows] = await connection.query<(RowDataPacket & { version: string })[]>('select version() as version')
    return rows[0]?.version.split('-')[0] ?? null
  } catch {
    return null
  } finally {
    await connection.end().catch(() => connection.destroy())
  }
}
