import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { internal } from '../errors.ts'
import type { RunnerEvent } from '../runner/events.ts'

/** Our own command line, as a process: what the demo shows is what a user runs, and it can be killed. */
export const commandLine: string = fileURLToPath(
  new URL(`../cli/main${path.extname(import.meta.url)}`, import.meta.url),
)

/** Where and how the command line runs. */
export interface MigrateOptions {
  /** The folder that holds `migrations/`. */
  readonly folder: string
  readonly url: string
  readonly signal: AbortSignal
}

/** Answers the signal that ended it, null after an end of its own. */
export type Migrate = (
  args: readonly string[],
  onEvent?: (event: RunnerEvent, killHard: () => void) => void,
) => Promise<NodeJS.Signals | null>

/** @throws BellowsError when a command fails. */
export function createMigrate({ folder, url, signal }: MigrateOptions): Migrate {
  return async (args, onEvent) => {
    const child = spawn(process.execPath, [commandLine, ...args, '--json', '--log-format', 'json'], {
      cwd: folder,
      env: { ...withoutSettings(process.env), DATABASE_URL: url },
      // A terminal's Ctrl-C is for the demo, which tells us by the signal.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise<{ code: number | null; by: NodeJS.Signals | null }>((resolve, reject) => {
      child.once('error', reject).once('close', (code, by) => resolve({ code, by }))
    })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    let answer = ''
    child.stdout.on('data', (chunk) => {
      answer += chunk
    })
    createInterface({ input: child.stderr }).on('line', (text) => {
      const event = parse(text)
      if (event !== undefined) onEvent?.(event, () => void child.kill('SIGKILL'))
    })
    const { code, by } = await ended.finally(() => signal.removeEventListener('abort', stop))
    signal.throwIfAborted()
    if (code !== 0 && by === null) throw failed(args, code, answer)
    return by
  }
}

function parse(text: string): RunnerEvent | undefined {
  try {
    return JSON.parse(text) as RunnerEvent
  } catch {
    // A warning of Node's own.
    return undefined
  }
}

function failed(args: readonly string[], code: number | null, answer: string): Error {
  const error = (JSON.parse(answer || '{}') as { error?: { message?: string; code?: string } }).error
  const reason = `${error?.message ?? 'no answer'} (${error?.code ?? 'none'})`
  return internal('demo.migrate', `migrate ${args.join(' ')} ended with ${code}: ${reason}`)
}

/** The user's own settings are for the user's own databases. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(MIGRATE_|DATABASE_URL|PG|NODE_OPTIONS)/.test(name)),
  )
}
