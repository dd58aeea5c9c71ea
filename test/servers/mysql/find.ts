import type { Found, Missing } from '../find.ts'
import { knownServers, type ServerName } from '../wanted.ts'
import { type Binaries, inspect, machineBinaries } from './binaries.ts'
import { cachedBinaries, fetchBinaries, packages } from './cache.ts'
import { mysqlVersion } from './connect.ts'
import { type StartedServer, startMysql } from './start.ts'

/** Finds and starts a MySQL or MariaDB: an address, this machine's binaries, the cache, in that order. */
export async function findMysql(name: ServerName, download: boolean): Promise<Found | Missing> {
  const { kind, series } = knownServers[name]
  const major = Number.parseInt(series, 10)
  const variable = `TEST_${name.toUpperCase()}_URL`
  const address = process.env[variable]
  const launcher = await findLauncher(name, download && !address)
  const found = (version: string, url: string, how: string, stop: () => Promise<void>): Found => {
    return { server: { name, kind, major, version, url, startable: launcher !== null }, how, stop }
  }
  if (address) return found(await versionAt(variable, address, name), address, variable, async () => {})
  if (launcher === null) return { name, reason: 'no address or binaries', command: commandFor(name, variable) }
  const { binaries, how } = launcher
  const server = await startMysql(kind, binaries)
  return found((await mysqlVersion(server.url)).version, server.url, how, server.stop)
}

/** Binaries of a server on this machine or in the cache, which is filled only with `download`. */
export async function findLauncher(
  name: ServerName,
  download: boolean,
): Promise<{ binaries: Binaries; how: string } | null> {
  const { kind, series } = knownServers[name]
  const machine = await machineBinaries(kind)
  if (machine !== null && (await fits(machine, name))) return { binaries: machine, how: machine.command[0]! }
  const cached = await cachedBinaries(name)
  if (cached !== null) return { binaries: cached, how: 'unpacked (cache)' }
  if (!download || packages[name] === undefined) return null
  return { binaries: await fetchBinaries(name, series), how: 'unpacked (fetched)' }
}

// On many machines `mysqld` is a link to MariaDB.
async function fits(binaries: Binaries, name: ServerName): Promise<boolean> {
  const { kind, series } = knownServers[name]
  const said = await inspect(binaries).catch(() => null)
  return said !== null && said.kind === kind && said.version.startsWith(`${series}.`)
}

// An address that was given is meant: when something else answers there, that is a failure and not the next choice.
async function versionAt(variable: string, url: string, name: ServerName): Promise<string> {
  const { kind, series } = knownServers[name]
  const said = await mysqlVersion(url).catch((cause: Error) => {
    throw new Error(`Nothing usable at the address in ${variable}: ${cause.message}`, { cause })
  })
  if (said.kind === kind && said.version.startsWith(`${series}.`)) return said.version
  throw new Error(`${variable} is ${said.kind} ${said.version}, not ${name}`)
}

function commandFor(name: ServerName, variable: string): string {
  if (packages[name] !== undefined) return `npm run servers -- ${name}`
  return name === 'mariadb1011' ? 'apt-get install mariadb-server-core (Debian 12)' : `${variable}=... npm test`
}

/** A server of a test's own, of the same series as this one, with settings of its own; null where there are no binaries for it. */
export async function startOwn(
  { name, kind }: Pick<Found['server'], 'name' | 'kind'>,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<StartedServer | null> {
  const launcher = await findLauncher(name, false)
  return launcher === null ? null : startMysql(kind, launcher.binaries, settings)
}
