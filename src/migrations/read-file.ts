import { readFile } from 'node:fs/promises'
import { extname, relative } from 'node:path'
import { usageError } from '../errors.ts'
import { loadModule } from './load-module.ts'
import { type Data, readJson, readYaml } from './read-data.ts'

/** The extensions that a migration or config file may have. */
export const extensions = ['.ts', '.js', '.mjs', '.yaml', '.yml', '.json'] as const

/**
 * The content of a file in any of our formats.
 *
 * @throws BellowsError exit 2 when it cannot be read or is not what its extension says.
 */
export async function readAny(path: string): Promise<Data> {
  const file = shortPath(path)
  const extension = extname(path)
  if (extension === '.yaml' || extension === '.yml') return readYaml(await readText(path, file), file)
  if (extension === '.json') return readJson(await readText(path, file), file)
  return { value: await loadModule(path, file), origin: { file } }
}

async function readText(path: string, file: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError('file.unreadable', `${file} cannot be read`, { cause, details: { file } })
  })
}

/** Relative to where we are, when it is below; as people type it, and as annotations in pipelines need it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || short.startsWith('..') ? path : short
}
