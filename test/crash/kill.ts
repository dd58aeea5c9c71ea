import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { inject } from 'vitest'
import { familyOf, type Statement } from '../families/family.ts'

/** Where the runner dies: before the server sees the statement, or when it is done and the runner does not know. */
export type Point = 'before' | 'after'

/** The command line as it was built. */
function cli(): string {
  const path = inject('bundledCli')
  if (path === null) throw new Error('The command line is not built: npm run build')
  return path
}

/** Between two of these, nothing in the database is another than before: reading and settings make no new case. */
const changes =
  /^\s*(insert|update|delete|replace|alter|create|drop|rename|commit|lock|unlock|comment|grant|revoke|analyze|rollback)\b/i
/** A lease is taken and renewed by the clock, so its statements come in no fixed number; what a runner that died leaves of it is what every other case leaves of it too. */
const lease = /["`](bellows_)?lease["`]/

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
  const family = familyOf({ url })
  let seen = 0
  let dead = false
  let kill = (): void => undefined
  const order = new Map<number, number>()
  const die = (): 'cut' => {
    dead = true
    kill()
    return 'cut'
  }
  const proxy = await family.proxy(url, {
    before: ({ index, sql }: Statement) => {
      if (dead) return 'cut'
      if (!changes.test(sql) || lease.test(sql)) return 'forward'
      order.set(index, ++seen)
      return seen === at && point === 'before' ? die() : 'forward'
    },
    after: ({ index }: Statement) => (point === 'after' && order.get(index) === at ? die() : 'forward'),
  })
  try {
    const child = spawn(process.execPath, [cli(), ...args, '--database-url', proxy.url, '--dir', dir], {
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
    await family.settled(url)
  }
}
