import { resolve } from 'node:path'
import type { MigratorOptions } from '../runner/api.ts'
import type { Session } from './session.ts'

/** The lists under `apps` in the config, as paths. */
export function configuredLists({ config }: Session): {
  readonly old: readonly string[]
  readonly new: readonly string[]
} {
  const apps = Object.values(config.config.apps ?? {})
  const files = (which: 'old' | 'new'): readonly string[] =>
    apps.flatMap((app) => app[which] ?? []).map((file) => resolve(config.base, file))
  return { old: files('old'), new: files('new') }
}

/** The same read, for what requires a check of the versions that count. */
export async function configuredVersions(session: Session, url: string): Promise<MigratorOptions['lists']> {
  const files = configuredLists(session)
  if (files.old.length + files.new.length === 0) return undefined
  const { readListed } = await import('../compat/app-statements.ts')
  return readListed(/^(mysql|mariadb):/i.test(url) ? 'mysql' : 'postgres', files.old, files.new)
}

/** The statements of both versions, from the lists under `apps` in the config; nothing where there are none. */
export async function appStatements(session: Session): Promise<MigratorOptions['statements']> {
  if (Object.keys(session.config.config.apps ?? {}).length === 0) return undefined
  const files = configuredLists(session)
  const { readAppStatements } = await import('../compat/app-statements.ts')
  return readAppStatements('mysql', files.old, files.new)
}
