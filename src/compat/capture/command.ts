import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { type ExitCode, exitCodes, usageError } from '../../errors.ts'

/** A command and what it runs in. */
export interface Command {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Its stdout goes to our stderr: ours is for a document. */
  readonly quiet: boolean
  /** A terminal sends Ctrl-C to the command too, which must not get it twice. */
  readonly terminal: boolean
  readonly signal: AbortSignal
}

/**
 * Runs a command with our stdin, stdout and stderr, and hands on what we are asked to stop by.
 *
 * @returns its exit code; 128 and the number of the signal that ended it
 * @throws BellowsError exit 2 when there is no such program
 */
export async function runCommand({ command, cwd, env, quiet, terminal, signal }: Command): Promise<number> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { cwd, env, stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'] })
  const stop = (): void => {
    const code = (signal.reason as { exitCode?: ExitCode } | undefined)?.exitCode
    if (code !== exitCodes.interrupted) child.kill('SIGTERM')
    else if (!terminal) child.kill('SIGINT')
  }
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause: NodeJS.ErrnoException) => {
        const why = cause.code === 'ENOENT' ? 'there is no such program' : cause.message
        reject(usageError('capture.command', `${file} cannot be run: ${why}`, { cause }))
      })
      child.on('exit', (code, by) => resolve(code ?? 128 + (by === null ? 0 : (constants.signals[by] ?? 0))))
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
