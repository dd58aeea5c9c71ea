import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { refused } from '../../errors.ts'
import { defaultCacheFolder } from '../cache.ts'
import { isTrusted } from '../folders.ts'
import { inspect, type MysqlBinaries, type MysqlKind, machineBinaries, unpackedBinaries } from './binaries.ts'

/** A server that can be started here. */
export interface FoundMysql {
  readonly binaries: MysqlBinaries
  readonly kind: MysqlKind
  readonly version: string
  readonly source: 'installed' | 'cache'
}

/** What is looked for: `series` is what the version begins with, `9.7`; without it any will do. */
export interface MysqlWanted {
  readonly kind: MysqlKind
  readonly series?: string | undefined
}

const platform = `${process.platform}-${process.arch}`

/** The folder of the cache in which the unpacked server of a series is. */
export function mysqlCacheEntry(cacheFolder: string, kind: MysqlKind, series: string): string {
  return path.join(cacheFolder, `${kind}${series.replaceAll('.', '')}-${platform}`)
}

/** This machine's own server, else the newest in the cache; null when there is none of the kind and series. Nothing is fetched. */
export async function findMysql(wanted: MysqlWanted): Promise<FoundMysql | null> {
  const machine = await machineBinaries(wanted.kind)
  const installed = machine === null ? null : await fitting(machine, wanted, 'installed')
  return installed ?? (await cachedMysql(wanted))
}

/** The same among the unpacked servers only. */
export async function cachedMysql(wanted: MysqlWanted): Promise<FoundMysql | null> {
  const cache = defaultCacheFolder()
  if (!(await isTrusted(cache))) return null
  const named = new RegExp(`^${wanted.kind}\\d+-${platform}$`)
  const found: FoundMysql[] = []
  for (const name of (await readdir(cache)).filter((each) => named.test(each))) {
    const binaries = await unpackedBinaries(path.join(cache, name))
    const fits = binaries === null ? null : await fitting(binaries, wanted, 'cache')
    if (fits !== null) found.push(fits)
  }
  return found.sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))[0] ?? null
}

// On many machines `mysqld` is a link to MariaDB.
async function fitting(
  binaries: MysqlBinaries,
  { kind, series }: MysqlWanted,
  source: FoundMysql['source'],
): Promise<FoundMysql | null> {
  const said = await inspect(binaries).catch(() => null)
  if (said === null || said.kind !== kind) return null
  if (series !== undefined && said.version !== series && !said.version.startsWith(`${series}.`)) return null
  return { binaries, ...said, source }
}

/** What people call it: `MySQL`, `MariaDB 10.11`. */
export function mysqlProduct({ kind, series }: MysqlWanted): string {
  const name = kind === 'mysql' ? 'MySQL' : 'MariaDB'
  return series === undefined ? name : `${name} ${series}`
}

/**
 * {@link findMysql}, which has to find something.
 *
 * @throws BellowsError `embedded.not-installed` (exit 3)
 */
export async function needMysql(wanted: MysqlWanted): Promise<FoundMysql> {
  const found = await findMysql(wanted)
  if (found !== null) return found
  const { kind } = wanted
  throw refused('embedded.not-installed', `There is no ${mysqlProduct(wanted)} server on this machine.`, {
    hint: howToGet(wanted),
    details: { kind, series: wanted.series ?? null },
  })
}

/** How a server comes to this machine. */
export function howToGet({ kind }: MysqlWanted): string {
  const unpacked = kind === 'mysql' ? 'mysql97' : 'mariadb118'
  return `Install the package ${kind}-server-core (Debian, Ubuntu), or in a clone of bellows on Debian say: npm run servers -- ${unpacked}`
}
