#!/usr/bin/env node
import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { setFlagsFromString } from 'node:v8'
import { BellowsError, type ExitCode, exitCodes } from '../errors.ts'
import type { Terminal } from './io.ts'
import { run } from './run.ts'

// PostgreSQL's grammar is one large function of WebAssembly: V8 would spend over half a second of a core on making it fast, which
// a few short parses never earn back. Newer versions of Node have not been tried, and would complain about a flag that is gone.
if (Number.parseInt(process.versions.node, 10) <= 24) setFlagsFromString('--wasm-tiering-budget=2000000000')

const controller = new AbortController()

/** The first signal asks for a clean stop, the second one ends the process: a user who presses twice means it. */
function stopOn(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', exitCode: ExitCode): void {
  process.on(signal, () => {
    if (controller.signal.aborted) process.exit(exitCode)
    controller.abort(
      new BellowsError({
        code: 'interrupted',
        message: `stopped by ${signal}`,
        exitCode,
        retryable: true,
        hint: 'What was done is saved; the same command goes on from there.',
      }),
    )
  })
}

stopOn('SIGINT', exitCodes.interrupted)
stopOn('SIGTERM', exitCodes.terminated)
// The terminal or the connection to it is gone. Under nohup too: Node does not keep that a signal is ignored.
stopOn('SIGHUP', exitCodes.terminated)

function terminal(stream: NodeJS.WriteStream): Terminal {
  // A reader that goes away (`migrate plan | head`), or a terminal that is closed (EIO), is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      // Some terminals do not know, and say 0.
      return stream.columns || 80
    },
    write: (text) => void stream.write(text),
  }
}

/** The next line of the terminal; nothing when it ends (Ctrl-D). Ctrl-C is the signal that it is everywhere else. */
async function question(prompt: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
  try {
    return await Promise.race([reader.question(prompt, { signal: controller.signal }), closed])
  } finally {
    reader.close()
  }
}

/**
 * Kubernetes makes the file, and shows what is in it with the pod (terminationMessagePath). Made by us it would be left lying about on
 * every other machine.
 */
function terminationLog(): ((text: string) => void) | null {
  const file = process.env.MIGRATE_TERMINATION_LOG ?? '/dev/termination-log'
  if (!existsSync(file)) return null
  return (text) => {
    try {
      writeFileSync(file, text)
    } catch {
      // The same is on stderr.
    }
  }
}

process.exitCode = await run({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: terminal(process.stdout),
  stderr: terminal(process.stderr),
  stdin: { isTTY: process.stdin.isTTY === true, question },
  signal: controller.signal,
  terminationLog: terminationLog(),
})
