import { parseDuration } from '../duration.ts'
import { usageError } from '../errors.ts'
import type { LoadedConfig } from '../migrations/config.ts'
import type { Io } from './io.ts'
import { fromPolicy } from './policy.ts'

/** What was set, and by what: the name is for messages. */
export interface Setting {
  readonly value: unknown
  readonly from: 'flag' | 'environment' | 'config'
  readonly name: string
}

/** Reads settings by the camelCase name of their flag: flag, then `MIGRATE_*`, then config file; else undefined. */
export interface Settings {
  readonly find: (key: string) => Setting | undefined
  readonly text: (key: string) => string | undefined
  readonly flag: (key: string) => boolean
  readonly list: (key: string) => readonly string[]
  /** What the policy of the config says, whatever flags and environment do. */
  readonly policy: (key: string) => readonly string[]
  /** Milliseconds. */
  readonly duration: (key: string) => number | undefined
  /** A whole number above zero. */
  readonly count: (key: string) => number | undefined
}

/** Where a config key is not the flag's name. */
const configKeys: Readonly<Record<string, string>> = { dir: 'migrations', databaseUrl: 'database' }

/** `lockTimeout` is `MIGRATE_LOCK_TIMEOUT`. */
export function environmentName(key: string): string {
  return `MIGRATE_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** `lockTimeout` is `--lock-timeout`. */
export function flagName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/**
 * Puts flags, environment and config file together. A variable that is set to nothing counts as not set, as it comes
 * from pipelines whose secret is missing.
 *
 * The readers throw BellowsError exit 2 that names the flag, the variable or the config key.
 */
export function readSettings(flags: Readonly<Record<string, unknown>>, env: Io['env'], config: LoadedConfig): Settings {
  const said = (key: string): Setting | undefined =>
    fromPolicy(config.config, text('environment') ?? 'default', key, config.file)
  const find = (key: string): Setting | undefined => {
    if (flags[key] !== undefined) return { value: flags[key], from: 'flag', name: flagName(key) }
    const variable = environmentName(key)
    if ((env[variable] ?? '') !== '') return { value: env[variable], from: 'environment', name: variable }
    const policy = key === 'environment' ? undefined : said(key)
    if (policy !== undefined) return policy
    const configKey = configKeys[key] ?? key
    const configured = (config.config as Readonly<Record<string, unknown>>)[configKey]
    if (configured === undefined) return undefined
    return { value: configured, from: 'config', name: `${configKey} in ${config.file ?? 'the config'}` }
  }
  const text = (key: string): string | undefined => {
    const setting = find(key)
    return setting === undefined ? undefined : String(setting.value)
  }
  return {
    find,
    text,
    flag: (key) => toBoolean(find(key)),
    list: (key) => toList(find(key)),
    policy: (key) => toList(said(key)),
    duration: (key) => {
      const setting = find(key)
      return setting === undefined ? undefined : parseDuration(String(setting.value), setting.name)
    },
    count: (key) => toCount(find(key)),
  }
}

function toBoolean(setting: Setting | undefined): boolean {
  if (setting === undefined || typeof setting.value === 'boolean') return setting?.value === true
  const text = String(setting.value).toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(text)) return true
  if (['0', 'false', 'no', 'off'].includes(text)) return false
  throw usageError('usage.boolean', `${setting.name}: \`${text}\` is neither true nor false`)
}

function toList(setting: Setting | undefined): readonly string[] {
  if (setting === undefined) return []
  if (Array.isArray(setting.value)) return setting.value.map(String)
  if (setting.from === 'config') return [String(setting.value)]
  return String(setting.value)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function toCount(setting: Setting | undefined): number | undefined {
  if (setting === undefined) return undefined
  const number = /^\d+$/.test(String(setting.value)) ? Number(setting.value) : Number.NaN
  if (Number.isSafeInteger(number) && number > 0) return number
  throw usageError('usage.number', `${setting.name}: \`${String(setting.value)}\` is not a whole number above 0`)
}
