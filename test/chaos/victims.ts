import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('child.mjs', import.meta.url))

/** What a child is told to do. */
export interface Order {
  readonly options: Readonly<Record<string, unknown>>
  readonly verb: string
  readonly input: Readonly<Record<string, unknown>>
}

/** A process that runs one verb of the built package, and can be killed or frozen meanwhile. */
export interface Victim {
  readonly pid: number
  start(order: Order): void
  signal(name: NodeJS.Signals): void
  /** How it ended; `code` is null when a signal did it. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>
}

/** Starts one, which loads the package and waits. */
export function startVictim(): Victim {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [script], { stdio: 'pipe' })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, errors }))
  return {
    pid: child.pid ?? 0,
    start: (order) => child.stdin.write(`${JSON.stringify(order)}\n`),
    signal: (name) => child.kill(name),
    ended,
  }
}

/** Keeps some loaded ahead of time: loading is what takes longest. */
export function victimPool(ahead: number): { take(): Victim; close(): void } {
  const waiting: Victim[] = []
  const refill = (): void => {
    while (waiting.length < ahead) waiting.push(startVictim())
  }
  return {
    take: () => {
      refill()
      const taken = waiting.shift() ?? startVictim()
      refill()
      return taken
    },
    close: () => {
      for (const victim of waiting.splice(0)) victim.signal('SIGKILL')
    },
  }
}
