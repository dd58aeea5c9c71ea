import { access } from 'node:fs/promises'
import { findBinaries, haveBinaries } from '../../src/embedded/binaries.ts'
import { startEmbedded } from '../../src/embedded/server.ts'
import { embeddedMajors } from '../../src/embedded/versions.ts'
import { serverVersion } from './connect.ts'
import { startContainer } from './container.ts'
import { findMysql } from './mysql/find.ts'
import { knownServers, type ServerKind, type ServerName } from './wanted.ts'

/** A server the tests use. */
export interface TestServer {
  readonly name: ServerName
  readonly kind: ServerKind
  /** The first number of the version. */
  readonly major: number
  readonly version: string
  readonly url: string
  /** Whether its binaries are here too, so that a test can start one of its own. */
  readonly startable: boolean
}

/** A server that runs, how it was come by, and how to end it. */
export interface Found {
  readonly server: TestServer
  readonly how: string
  readonly stop: () => Promise<void>
}

/** Why there is no such server, and the command that gets one. */
export interface Missing {
  readonly name: ServerName
  readonly reason: string
  readonly command: string
}

const installedMajor = 18
const settings = { max_connections: 200 }

/** Finds and starts a server: an address, a container, this machine's binaries, the ones in the cache, in that order. */
export async function findServer(name: ServerName, download: boolean): Promise<Found | Missing> {
  return knownServers[name].kind === 'postgres' ? findPostgres(name, download) : findMysql(name, download)
}

async function findPostgres(name: ServerName, download: boolean): Promise<Found | Missing> {
  const major = Number(knownServers[name].series)
  const found = (version: string, url: string, how: string, stop: () => Promise<void>): Found => {
    return {
      server: { name, kind: 'postgres', major, version, url, startable: embeddedMajors.includes(major) },
      how,
      stop,
    }
  }
  const address = await findAddress(major)
  if (address !== null) return found(address.version, address.url, address.variable, async () => {})
  const container = await startContainer(name)
  if (container !== null) return found(await serverVersion(container.url), container.url, 'container', container.stop)
  const launcher = await findLauncher(major, download)
  if (launcher === null) {
    return { name, reason: 'no address, container or binaries', command: `npm run servers -- ${major}` }
  }
  const { binDir, how } = launcher
  const server = await startEmbedded({ major, binDir, settings, durable: false })
  return found(server.version, server.url, how, () => server.stop('immediate'))
}

async function findAddress(major: number): Promise<{ variable: string; url: string; version: string } | null> {
  for (const variable of [`TEST_PG${major}_URL`, 'TEST_PG_URL']) {
    const url = process.env[variable]
    if (!url) continue
    // An address that was given is meant: when nothing answers there, that is a failure and not the next choice.
    const version = await serverVersion(url).catch((cause: Error) => {
      throw new Error(`Nothing usable at the address in ${variable}: ${cause.message}`, { cause })
    })
    if (Number.parseInt(version, 10) === major) return { variable, url, version }
    if (variable !== 'TEST_PG_URL') throw new Error(`${variable} is PostgreSQL ${version}, not ${major}`)
  }
  return null
}

async function findLauncher(major: number, download: boolean): Promise<{ binDir: string; how: string } | null> {
  const onMachine = `/usr/lib/postgresql/${major}/bin`
  // Not for the major that npm installed: that one is the same on every machine.
  if (major !== installedMajor && (await exists(`${onMachine}/initdb`))) return { binDir: onMachine, how: onMachine }
  if (!embeddedMajors.includes(major)) return null
  if (!download && !(await haveBinaries(major))) return null
  const { binDir, source } = await findBinaries({ major, download, onMessage: console.log })
  return { binDir, how: `embedded (${source})` }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
