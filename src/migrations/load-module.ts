import { isBellowsError, usageError } from '../errors.ts'

/**
 * The default export of a TypeScript or JavaScript file, without a build step. `bellows` in it is this very package,
 * so that migrations work in a folder where nothing is installed.
 *
 * @throws BellowsError exit 2 when it does not load or has no default export.
 */
export async function loadModule(path: string, file: string): Promise<unknown> {
  // No cache on disk: jiti would keep compiled code in a temporary folder that other users may write to.
  const own: unknown = await import('../authoring.ts')
  // The compiler is a third of what starting takes, and only modules need it.
  const { createJiti } = await import('jiti')
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false, virtualModules: { bellows: own } })
  const loaded = await jiti.import<Record<string, unknown>>(path).catch((cause: unknown) => {
    if (isBellowsError(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw usageError('migration.load', `${file}: ${reason}`, { cause, details: { file } })
  })
  if (typeof loaded === 'object' && loaded !== null && 'default' in loaded) return loaded.default
  throw usageError('migration.no-default', `${file}: there is no default export`, {
    hint: 'Write `export default defineMigration({ ... })` (in a config file, `defineConfig`).',
    details: { file },
  })
}
