import { statfsSync } from 'node:fs'
import os from 'node:os'

/** What the data of a few servers takes in a whole run, and as much again. */
const enough = 8 * 1024 ** 3

/**
 * A folder in memory with room for the servers of a run, where this machine has one: tests create and drop databases without end, and
 * files on a disk cost them a fifth of their time.
 */
export function folderInMemory(): string | undefined {
  const folder = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(folder)
    return Math.min(bavail * bsize, os.freemem()) > enough ? folder : undefined
  } catch {
    return undefined
  }
}
