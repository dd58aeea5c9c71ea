import type { Terminal } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'
import type { Ended, Order } from './kill.ts'

/**
 * A process that runs several command lines side by side, each against a database of its own, and can be killed with all of them
 * at once: to start Node costs more than most of what a runner does until it dies.
 */
process.on('message', async ({ index, argv }: Order) => {
  let stderr = ''
  const terminal = (write: (text: string) => void): Terminal => ({ isTTY: false, columns: 80, write })
  const code = await run({
    argv,
    env: { ...process.env, CI: 'true' },
    cwd: process.cwd(),
    stdout: terminal(() => undefined),
    stderr: terminal((text) => {
      stderr += text
    }),
    stdin: { isTTY: false, question: async () => '' },
    signal: new AbortController().signal,
    terminationLog: null,
  })
  process.send?.({ index, code, stderr } satisfies Ended)
})
