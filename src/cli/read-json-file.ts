import { readFile } from 'node:fs/promises'
import { usageError } from '../errors.ts'
import { readJson } from '../migrations/read-data.ts'
import { shortPath } from '../migrations/read-file.ts'

/**
 * A JSON file that a flag names.
 *
 * @throws BellowsError exit 2 when it cannot be read or is no JSON.
 */
export async function readJsonFile(path: string, flag: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError('file.unreadable', `${flag}: ${shortPath(path)} cannot be read`, { cause })
  })
  return readJson(text, shortPath(path)).value
}

/** What `migrate catalog` printed, with or without the envelope of `--json`. */
export function readCatalog(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return 'schemaVersion' in value && 'command' in value && 'result' in value ? value.result : value
}
