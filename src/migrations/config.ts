import { access } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { usageError } from '../errors.ts'
import { type Config, configSchema } from './config-schema.ts'
import { invalidFile } from './invalid.ts'
import { policyProblems } from './policy-problems.ts'
import { problemsOf } from './problems.ts'
import { extensions, readAny, shortPath } from './read-file.ts'

/** A config with where it was found; paths in it are relative to `base`. */
export interface LoadedConfig {
  readonly file: string | null
  readonly base: string
  readonly config: Config
}

/**
 * Loads the named config file, or the one found in the folder or its `.config/`; none is an empty config.
 *
 * @param gates the names that gates have
 * @throws BellowsError exit 2 when the named file is missing, two are found in one place, or one is not valid.
 */
export async function loadConfig(cwd: string, named?: string, gates?: readonly string[]): Promise<LoadedConfig> {
  const path = named === undefined ? await findConfig(cwd) : resolve(cwd, named)
  if (path === null) return { file: null, base: cwd, config: {} }
  if (!(await exists(path))) throw usageError('config.missing', `there is no config file ${shortPath(path)}`)
  const { value, origin } = await readAny(path)
  const parsed = configSchema.safeParse(value)
  if (!parsed.success) throw invalidFile('config.invalid', origin, problemsOf(configSchema, value))
  const problems = gates === undefined ? [] : policyProblems(parsed.data, gates)
  if (problems.length > 0) throw invalidFile('config.invalid', origin, problems)
  const folder = dirname(path)
  return { file: origin.file, base: basename(folder) === '.config' ? dirname(folder) : folder, config: parsed.data }
}

async function findConfig(cwd: string): Promise<string | null> {
  for (const folder of [cwd, join(cwd, '.config')]) {
    const candidates = extensions.map((extension) => join(folder, `migrate.config${extension}`))
    const there = await Promise.all(candidates.map(exists))
    const found = candidates.filter((_, index) => there[index])
    if (found.length > 1) {
      throw usageError('config.ambiguous', `there are several config files: ${found.map(shortPath).join(', ')}`, {
        hint: 'Keep one, or name one with --config.',
      })
    }
    if (found[0] !== undefined) return found[0]
  }
  return null
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
