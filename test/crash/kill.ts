import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { withClient } from '../servers/connect.ts'
import { type ClientMessage, startProxy } from '../servers/proxy.ts'

/** Where the runner dies: before the server sees the statement, or when it is done and the runner does not know. */
export type Point = 'before' | 'after'

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Between two of these, nothing in the database is another than before: reading and settings make no new case. */
const changes = /^\s*(insert|update|delete|alter|create|drop|commit|lock|comment|grant|revoke|analyze|rollback)\b/i

/** What the child did. */
export interface Killed {
  /** Statements that change something, so far. */
  readonly statements: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

/** Runs the command line behind a proxy, and kills it with SIGKILL at the n-th statement that changes something. */
export async function runKilled(
  url: string,
  dir: string,
  args: readonly string[],
  at: number,
  point: Point,
): Promise<Killed> {
  let seen = 0
  let kill = (): void => undefined
  // A lease is taken and renewed by the clock, so its statements come in no fixed number; what a runner that died leaves of
  // it is what every other case leaves of it too.
  const counts = (message: ClientMessage): boolean =>
    message.type !== 'P' && changes.test(message.sql) && !message.sql.includes('"lease"')
  const order = new Map<number, number>()
  const proxy = await startProxy({
    target: url,
    onClientMessage: (message) => {
      if (!counts(message)) return 'forward'
      seen++
      order.set(message.index, seen)
      if (seen !== at || point !== 'before') return 'forward'
      kill()
      return 'cut-before'
    },
    onReady: (message) => {
      if (point === 'after' && order.get(message.index) === at) kill()
    },
  })
  try {
    const child = spawn(process.execPath, [cli, ...args, '--database-url', proxy.url, '--dir', dir], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, CI: 'true' },
    })
    kill = () => void child.kill('SIGKILL')
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return { statements: seen, code, signal, stderr }
  } finally {
    await proxy.close()
    await sessionsGone(url)
  }
}

/** A statement whose client died may still be running: its end belongs to the case. */
async function sessionsGone(url: string): Promise<void> {
  await withClient(url, async (client) => {
    for (let tries = 0; tries < 300; tries++) {
      const { rows } = await client.query(
        `select 1 from pg_stat_activity where datname = current_database() and application_name like 'bellows/%'`,
      )
      if (rows.length === 0) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('a session of the killed runner is still there')
  })
}
