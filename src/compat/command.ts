import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted } from '../runner/interrupt.ts'

/** A command of somebody's, and where it runs. */
export interface Command {
  readonly command: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds. */
  readonly limit: number
  readonly signal: AbortSignal | null
}

/** How it ended. */
export interface Ended {
  /** Null: it was ended after its time. */
  readonly code: number | null
  /** The last of what it printed. */
  readonly tail: string
}

/** Characters and lines of the output that are kept. */
const kept = { characters: 4000, lines: 15 }
/** Milliseconds to stop in after it was asked to. */
const grace = 3000

/**
 * Runs a command in a shell, in a process group of its own: whatever it has started ends with it.
 *
 * @throws BellowsError when a stop was asked for
 */
export async function runCommand({ command, cwd, env, limit, signal }: Command): Promise<Ended> {
  throwIfAborted(signal)
  const child = spawn(command, { shell: true, cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const group = (kind: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, kind)
    } catch {
      // It is over already.
    }
  }
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-kept.characters)
    })
  }
  let late = false
  let killing: NodeJS.Timeout | undefined
  const stop = (): void => {
    group('SIGTERM')
    killing = setTimeout(() => group('SIGKILL'), grace)
  }
  const timer = setTimeout(() => {
    late = true
    stop()
  }, limit)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number>((resolve, reject) => {
      const closed = new Promise<void>((done) => child.once('close', done))
      child.once('error', reject).once('exit', async (exit, by) => {
        // What it left running may hold its output open.
        group('SIGKILL')
        await Promise.race([closed, sleep(grace, undefined, { ref: false })])
        resolve(exit ?? 128 + (by === 'SIGKILL' ? 9 : 15))
      })
    })
    throwIfAborted(signal)
    return { code: late ? null : code, tail: lastOf(output) }
  } finally {
    clearTimeout(timer)
    clearTimeout(killing)
    signal?.removeEventListener('abort', stop)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

function lastOf(output: string): string {
  return output.trimEnd().split(/\r?\n/).slice(-kept.lines).join('\n').trim()
}
