import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const jiti = fileURLToPath(import.meta.resolve('jiti/package.json').replace(/package\.json$/, 'lib/jiti-cli.mjs'))

/** A process that has said something. */
export interface Talker {
  /** The first line it printed, as JSON. */
  readonly said: { pid: number; url: string; dataDir: string }
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
}

/** Runs a TypeScript file as a process of its own and waits for its first line. */
export async function startScript(file: string, args: readonly string[] = []): Promise<Talker> {
  const child = spawn(process.execPath, [jiti, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const line = await Promise.race([
    firstLine(child.stdout),
    exit.then(() => {
      throw new Error(`${file} ended: ${errors}`)
    }),
  ])
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await exit
  }
  return { said: JSON.parse(line), kill }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += chunk
    const end = text.indexOf('\n')
    if (end >= 0) return text.slice(0, end)
  }
  throw new Error(`no line, only: ${text}`)
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
