import { type FoundMysql, findMysql as findHere } from '../../../src/embedded/mysql/find.ts'
import { type EmbeddedMysql, startEmbeddedMysql } from '../../../src/embedded/mysql/server.ts'
import type { MysqlSettings } from '../../../src/embedded/mysql/settings.ts'
import { installContainers, startContainer } from '../container.ts'
import type { Found, Missing } from '../find.ts'
import { imageName } from '../images.ts'
import { mysqlSeries, type ServerName } from '../wanted.ts'
import { fetchBinaries, packages } from './cache.ts'
import { mysqlVersion } from './connect.ts'

/** Finds and starts a MySQL or MariaDB: an address, a container, this machine's binaries, the cache, in that order. */
export async function findMysql(name: ServerName, download: boolean): Promise<Found | Missing> {
  const { kind, series } = mysqlSeries(name)
  const major = Number.parseInt(series, 10)
  const variable = `TEST_${name.toUpperCase()}_URL`
  const address = process.env[variable]
  const container = address ? null : await startContainer(name)
  const launcher = await findLauncher(name, download && !address && container === null)
  const found = (version: string, url: string, how: string, stop: () => Promise<void>): Found => {
    return { server: { name, kind, major, version, url, startable: launcher !== null }, how, stop }
  }
  if (address) return found(await versionAt(variable, address, name), address, variable, async () => {})
  if (container !== null) {
    return found((await mysqlVersion(container.url)).version, container.url, 'container', container.stop)
  }
  if (launcher === null) return { name, reason: 'no address, container or binaries', command: commandFor(name) }
  const server = await startEmbeddedMysql(launcher.found)
  return found(server.version, server.url, launcher.how, server.stop)
}

/** Binaries of a server on this machine or in the cache, which is filled only with `download`. */
export async function findLauncher(
  name: ServerName,
  download: boolean,
): Promise<{ readonly found: FoundMysql; readonly how: string } | null> {
  const found = await findHere(mysqlSeries(name))
  if (found !== null) return { found, how: found.source === 'cache' ? 'unpacked (cache)' : found.binaries.command[0] }
  if (!download || packages[name] === undefined) return null
  return { found: await fetchBinaries(name), how: 'unpacked (fetched)' }
}

// An address that was given is meant: when something else answers there, that is a failure and not the next choice.
async function versionAt(variable: string, url: string, name: ServerName): Promise<string> {
  const { kind, series } = mysqlSeries(name)
  const said = await mysqlVersion(url).catch((cause: Error) => {
    throw new Error(`Nothing usable at the address in ${variable}: ${cause.message}`, { cause })
  })
  if (said.kind === kind && said.version.startsWith(`${series}.`)) return said.version
  throw new Error(`${variable} is ${said.kind} ${said.version}, not ${name}`)
}

function commandFor(name: ServerName): string {
  if (packages[name] !== undefined) return `npm run servers -- ${name}`
  if (name === 'mariadb1011') return 'apt-get install mariadb-server-core (Debian 12)'
  return `${installContainers} (runs ${imageName(name)})`
}

/** A server of a test's own, of the same series as this one, with settings of its own, and some that its data folder is made with; null where there are no binaries for it. */
export async function startOwn(
  { name }: Pick<Found['server'], 'name'>,
  settings: MysqlSettings = {},
  lasting: MysqlSettings = {},
): Promise<EmbeddedMysql | null> {
  const launcher = await findLauncher(name, false)
  return launcher === null ? null : startEmbeddedMysql(launcher.found, { settings, lasting })
}
