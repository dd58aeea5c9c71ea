import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** How a command ended. */
export interface Ended {
  readonly code: number
  /** What it said about that. */
  readonly message: string
}

/** Runs the command line as a pipeline does. */
export type Migrate = (...args: readonly string[]) => Promise<Ended>

const commandLine = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const folder = fileURLToPath(new URL('..', import.meta.url))

/** Against one database, before one Prometheus. */
export function createMigrate(url: string, prometheus: string, signal: AbortSignal): Migrate {
  // The user's own settings are for the user's own databases.
  const own = Object.entries(process.env).filter(([name]) => !/^(MIGRATE_|DATABASE_URL|PG)/.test(name))
  const env = { ...Object.fromEntries(own), DATABASE_URL: url, MIGRATE_PROMETHEUS: prometheus }
  return async (...args) => {
    signal.throwIfAborted()
    const child = spawn(process.execPath, [commandLine, ...args, '--json'], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    let answer = ''
    child.stdout.on('data', (chunk) => {
      answer += chunk
    })
    const [code] = await once(child, 'close').finally(() => signal.removeEventListener('abort', stop))
    signal.throwIfAborted()
    const { error } = JSON.parse(answer || '{}') as { error?: { message?: string } }
    return { code: code ?? 1, message: error?.message ?? '' }
  }
}
