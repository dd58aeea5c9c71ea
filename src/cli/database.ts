import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { usageError } from '../errors.ts'
import type { Io } from './io.ts'
import type { Settings } from './settings.ts'

/** The connection URL and what it came from. */
export interface Database {
  readonly url: string
  readonly from: string
}

interface Source {
  readonly name: string
  readonly value: string
  readonly isFile: boolean
}

/**
 * The database to use. Of flags, environment and config the first that says something: a URL, or a file with a URL
 * (a mounted secret). `MIGRATE_DIRECT_URL` comes before `DATABASE_URL`, because where both are set the latter is
 * the app's way through a pooler. With `PG*` variables alone, they are left to the driver.
 *
 * @throws BellowsError exit 2 when nothing names a database, or the file cannot be read or is empty.
 */
export async function resolveDatabase(
  settings: Settings,
  env: Io['env'],
  base: string,
  cwd: string,
): Promise<Database> {
  const [source] = sources(settings, env)
  if (source === undefined) return fromLibpq(env)
  if (!source.isFile) return { url: source.value, from: source.name }
  const path = resolve(source.name.includes(' in ') ? base : cwd, source.value)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError('config.database-url-file', `${source.name}: ${source.value} cannot be read`, { cause })
  })
  if (text.trim() === '') throw usageError('config.database-url-file', `${source.name}: ${source.value} is empty`)
  return { url: text.trim(), from: source.name }
}

function sources(settings: Settings, env: Io['env']): readonly Source[] {
  const url = settings.find('databaseUrl')
  const file = settings.find('databaseUrlFile')
  const of = (setting: typeof url, from: string, isFile: boolean): Source | undefined =>
    setting?.from === from ? { name: setting.name, value: String(setting.value), isFile } : undefined
  const variable = (name: string, isFile: boolean): Source | undefined => {
    const value = env[name] ?? ''
    return value === '' ? undefined : { name, value, isFile }
  }
  const all = [
    of(url, 'flag', false),
    of(file, 'flag', true),
    variable('MIGRATE_DIRECT_URL', false),
    of(url, 'environment', false),
    of(file, 'environment', true),
    variable('DATABASE_URL', false),
    variable('DATABASE_URL_FILE', true),
    of(url, 'config', false),
    of(file, 'config', true),
  ]
  return all.filter((source) => source !== undefined)
}

function fromLibpq(env: Io['env']): Database {
  const set = ['PGHOST', 'PGHOSTADDR', 'PGSERVICE', 'PGDATABASE'].find((name) => (env[name] ?? '') !== '')
  if (set !== undefined) return { url: 'postgres:///', from: set }
  throw usageError('config.no-database', 'no database is named', {
    hint: 'Set DATABASE_URL or DATABASE_URL_FILE, or give --database-url-file.',
  })
}
