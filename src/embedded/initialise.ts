import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { internal, refused } from '../errors.ts'
import type { ServerFolder } from './folders.ts'
import type { Identity } from './identity.ts'
import { logTail } from './log.ts'
import type { Watchdog } from './watchdog.ts'

/** Runs initdb, unless the folder (a persistent one) holds a cluster of the same major already. */
export async function initialise(
  watchdog: Watchdog,
  folder: ServerFolder,
  binDir: string,
  identity: Identity | null,
  major: number,
): Promise<void> {
  const present = await clusterMajor(folder.dataDir)
  if (present === major) return
  if (present !== null) {
    throw refused('embedded.folder', `${folder.dataDir} belongs to PostgreSQL ${present}, not ${major}.`, {
      hint: 'Choose another folder, or remove this one if its data is not needed.',
    })
  }
  const args = ['-D', folder.dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions']
  // A temporary cluster does not outlive a crash of the machine, so nothing needs to reach the disk.
  if (folder.temporary) args.push('--no-sync')
  const command = path.join(binDir, 'initdb')
  const running = await watchdog.run({ command, args, cwd: folder.root, logFile: folder.logFile, identity })
  const status = await watchdog.hold(running.exit)
  if (status === 0) return
  throw internal('embedded.initdb', `initdb failed (${status}): ${await logTail(folder.logFile)}`)
}

async function clusterMajor(dataDir: string): Promise<number | null> {
  const file = path.join(dataDir, 'PG_VERSION')
  try {
    await access(file)
  } catch {
    return null
  }
  return Number.parseInt(await readFile(file, 'utf8'), 10)
}
