import { resolve } from 'node:path'
import type { MigratorOptions } from '../runner/api.ts'
import type { Session } from './session.ts'

/** The statements of both versions, from the lists under `apps` in the config; nothing where there are none. */
export async function appStatements({ config }: Session): Promise<MigratorOptions['statements']> {
  const apps = Object.values(config.config.apps ?? {})
  if (apps.length === 0) return undefined
  const files = (which: 'old' | 'new'): readonly string[] =>
    apps.flatMap((app) => app[which] ?? []).map((file) => resolve(config.base, file))
  const { readAppStatements } = await import('../compat/app-statements.ts')
  return readAppStatements('mysql', files('old'), files('new'))
}
