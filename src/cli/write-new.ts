import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { usageError } from '../errors.ts'

/**
 * Writes a file unless there is one, and says whether it did.
 *
 * @throws BellowsError exit 2 when it cannot be written.
 */
export async function writeNew(path: string, content: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content, { flag: 'wx' })
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw usageError('file.unwritable', `${path} cannot be written`, { cause })
  }
}
