import { execFile } from 'node:child_process'
import { access, mkdtemp, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { internal, isBellowsError } from '../errors.ts'
import { cleanEnvironment } from './environment.ts'
import { claimFolder, isTrusted, openToAll } from './folders.ts'
import { isRoot } from './identity.ts'

const run = promisify(execFile)

/**
 * Where unpacked binaries are kept. Root's home is closed to the unprivileged user that runs the server, so root's cache is
 * in /var/tmp, which survives a restart and whose sticky bit keeps others from renaming it.
 */
export function defaultCacheFolder(): string {
  if (isRoot()) return '/var/tmp/bellows-0'
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'bellows')
}

/** The folder of one version in the cache. */
export function cacheEntry(cacheFolder: string, version: string): string {
  return path.join(cacheFolder, `postgres-${version}-${process.platform}-${process.arch}`)
}

/** True when the version is in the cache, complete: entries appear there by rename only. */
export async function isCached(cacheFolder: string, version: string): Promise<boolean> {
  if (!(await isTrusted(cacheFolder))) return false
  try {
    await access(path.join(cacheEntry(cacheFolder, version), 'native', 'bin', 'postgres'))
    return true
  } catch {
    return false
  }
}

/**
 * Adds a version to the cache. `fill` writes the npm package into the folder it is given; its symbolic links are then
 * restored, and the whole appears under its final name at once. Of two processes doing so, the first wins and both go on.
 */
export async function addToCache(
  cacheFolder: string,
  version: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  await claimFolder(cacheFolder)
  const draft = await mkdtemp(path.join(cacheFolder, '.draft-'))
  try {
    await fill(draft)
    await hydrateSymlinks(draft)
    await access(path.join(draft, 'native', 'bin', 'postgres'))
    if (isRoot()) await openToAll(draft)
    await rename(draft, cacheEntry(cacheFolder, version))
  } catch (cause) {
    if (!(await isCached(cacheFolder, version))) {
      if (isBellowsError(cause) || (cause as Error).name === 'AbortError') throw cause
      throw internal('embedded.cache', `PostgreSQL ${version} could not be put into the cache ${cacheFolder}.`, {
        cause,
      })
    }
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

// npm packages hold no symbolic links; this package's install script makes them, which `--ignore-scripts` leaves out.
async function hydrateSymlinks(folder: string): Promise<void> {
  const script = path.join(folder, 'scripts', 'hydrate-symlinks.js')
  await run(process.execPath, [script], { cwd: folder, env: cleanEnvironment() })
}
