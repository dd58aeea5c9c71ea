import { chmod, chown, lstat, mkdir, mkdtemp, readdir, realpath, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { refused } from '../errors.ts'
import type { Identity } from './identity.ts'

/** Where one server keeps its files. */
export interface ServerFolder {
  readonly root: string
  readonly dataDir: string
  readonly logFile: string
  readonly temporary: boolean
}

/** Creates a temporary folder for a server, or opens the persistent one. The data folder belongs to `identity`; `label` is for people. */
export async function serverFolder(
  label: string,
  identity: Identity | null,
  persistentDir?: string,
): Promise<ServerFolder> {
  const root =
    persistentDir === undefined
      ? await mkdtemp(path.join(await temporaryBase(identity), `bellows-${label}-`))
      : path.resolve(persistentDir)
  const dataDir = path.join(root, 'data')
  await mkdir(root, { recursive: true })
  // The log stays root's: opening a file for append in a folder another user may write to would follow that user's links.
  if (persistentDir === undefined) await chmod(root, identity === null ? 0o700 : 0o755)
  const created = await mkdir(dataDir, { recursive: true, mode: 0o700 })
  if (identity !== null) {
    if (created !== undefined) await chown(dataDir, identity.uid, identity.gid)
    await refuseUnreachable(root, identity)
  }
  return { root, dataDir, logFile: path.join(root, 'server.log'), temporary: persistentDir === undefined }
}

async function temporaryBase(identity: Identity | null): Promise<string> {
  const base = await realpath(os.tmpdir())
  return identity === null || (await reachableByOthers(base)) ? base : '/var/tmp'
}

/** True when every folder on the way can be passed by any user. */
export async function reachableByOthers(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false
    if (at === path.dirname(at)) return true
  }
}

async function refuseUnreachable(root: string, identity: Identity): Promise<void> {
  if (await reachableByOthers(await realpath(root))) return
  throw refused('embedded.folder', `The user ${identity.name}, as whom the server runs, cannot reach ${root}.`, {
    hint: 'Choose a folder whose parents let others pass (mode 0755), or run this command as another user than root.',
  })
}

/** Creates a folder whose contents will be executed, or takes the existing one if it can be trusted. */
export async function claimFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 })
  } catch (cause) {
    throw refused('embedded.cache', `The cache folder ${folder} cannot be created.`, {
      cause,
      hint: 'Set XDG_CACHE_HOME to a folder that can be written to.',
    })
  }
  await isTrusted(folder)
}

/**
 * True when what is in the folder may be executed, false when there is no folder. In a shared place such as /var/tmp somebody
 * else may have made it first, with binaries of theirs in it: then it throws `embedded.cache`.
 */
export async function isTrusted(folder: string): Promise<boolean> {
  const info = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (info === null) return false
  // Root could do us harm without a folder too: a cache that was filled while an image was built is fine.
  const owned = info.uid === process.getuid?.() || info.uid === 0
  if (info.isDirectory() && owned && (info.mode & 0o022) === 0) return true
  throw refused(
    'embedded.cache',
    `Others may have written to the cache folder ${folder}, so nothing in it is executed.`,
    {
      hint: `Look at who made it ("ls -ld ${folder}"), then remove it.`,
    },
  )
}

/** Lets every user read a tree, whatever the umask it was written under; needed when the server runs as another user. */
export async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(full)
    else if (entry.isFile()) await chmod(full, ((await stat(full)).mode & 0o111) === 0 ? 0o644 : 0o755)
  }
}
