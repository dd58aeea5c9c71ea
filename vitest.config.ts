import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { folderInMemory } from './test/servers/memory.ts'

/** What takes minutes: begun last, it would keep one worker busy when the other has nothing left to do. */
const long = ['/test/crash/every-statement.', '/test/traffic/', '/test/crash/', '/test/e2e/']

/** The longest files first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = long.findIndex((part) => moduleId.includes(part))
      return found < 0 ? long.length : found
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

// Servers, and the tests' own folders, are made in the temporary folder. Whoever has chosen one keeps it.
const memory = folderInMemory()
if (memory !== undefined) process.env.TMPDIR ??= memory

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/servers/global-setup.ts', 'test/crash/bundle.ts'],
    pool: 'forks',
    // As the command line does for itself (src/cli/main.ts): each test file would optimize PostgreSQL's grammar anew.
    execArgv: ['--wasm-tiering-budget=2000000000'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Every worker drives real servers, which need the other cores.
    maxWorkers: 2,
    // One process for many files: to load the product anew for each cost a minute of the run. No test changes what others share.
    isolate: false,
    fileParallelism: true,
    sequence: { sequencer: LongestFirst },
  },
})
