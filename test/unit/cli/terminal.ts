import type { Io } from '../../../src/cli/io.ts'
import { run } from '../../../src/cli/run.ts'

/** What one command line did. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly questions: readonly string[]
  /** What Kubernetes would show of it. */
  readonly ended: readonly string[]
}

/** How the world looks to the command line; all of it may be left out. */
export interface World {
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly isTTY?: boolean
  readonly answer?: string
  readonly signal?: AbortSignal
}

/** The outside world in memory, with what was written to it. */
export function world(
  argv: readonly string[],
  given: World = {},
): { readonly io: Io; readonly ran: () => Omit<Ran, 'exitCode'> } {
  const out: string[] = []
  const err: string[] = []
  const questions: string[] = []
  const ended: string[] = []
  const isTTY = given.isTTY ?? false
  const stream = (into: string[]): Io['stdout'] => ({ isTTY, columns: 100, write: (text) => void into.push(text) })
  const question = async (prompt: string): Promise<string> => {
    questions.push(prompt)
    return given.answer ?? ''
  }
  return {
    io: {
      argv,
      env: given.env ?? {},
      cwd: given.cwd ?? '/nowhere',
      stdout: stream(out),
      stderr: stream(err),
      stdin: { isTTY, question },
      signal: given.signal ?? new AbortController().signal,
      terminationLog: (text) => void ended.push(text),
    },
    ran: () => ({ stdout: out.join(''), stderr: err.join(''), questions, ended }),
  }
}

/** Runs a command line in memory. */
export async function migrate(argv: readonly string[], given: World = {}): Promise<Ran> {
  const { io, ran } = world(argv, given)
  const exitCode = await run(io)
  return { exitCode, ...ran() }
}
