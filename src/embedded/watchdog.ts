import { type ChildProcess, spawn } from 'node:child_process'
import { internal } from '../errors.ts'
import { cleanEnvironment } from './environment.ts'
import type { Identity } from './identity.ts'
import { watchdogScript } from './watchdog-script.ts'

/** What the watchdog does once we are gone. */
export interface WatchdogOptions {
  /** Removed at the end. */
  readonly removeFolder: string | null
  /** Leave the server running. */
  readonly keep: boolean
  /** Sent to the server first: SIGINT is a fast shutdown, SIGQUIT an immediate one. */
  readonly endSignal: 'SIGINT' | 'SIGQUIT'
}

/** One program to run under the watchdog. Its output is appended to `logFile`. */
interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly logFile: string
  readonly identity: Identity | null
}

/** A program running under the watchdog. */
export interface Running {
  readonly pid: number
  readonly exit: Promise<number | NodeJS.Signals>
  exited(): boolean
  signal(signal: NodeJS.Signals): void
}

/** A watchdog process; runs one program at a time. */
export interface Watchdog {
  run(command: Command): Promise<Running>
  /** Keeps our process alive until `promise` settles; otherwise neither watchdog nor server keeps it alive. */
  hold<T>(promise: Promise<T>): Promise<T>
  /** Ends the watchdog, and what still runs under it; resolves when the folder is removed. */
  close(): Promise<void>
}

type Report =
  | { readonly event: 'spawned'; readonly pid: number }
  | { readonly event: 'failed'; readonly message: string }
  | { readonly event: 'exit'; readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** Starts a watchdog. Detached: a Ctrl-C on the terminal is ours to handle, it must not reach the server. */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  const child = spawn(process.execPath, ['-e', watchdogScript, JSON.stringify(options)], {
    detached: true,
    cwd: '/',
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const hold = holder(child)
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()))
  return {
    hold,
    run: (command) => hold(runUnder(child, command)),
    close: async () => {
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null) await hold(gone)
    },
  }
}

function holder(child: ChildProcess): Watchdog['hold'] {
  let holds = 0
  child.unref()
  child.channel?.unref()
  return async (promise) => {
    if (holds++ === 0) {
      child.ref()
      child.channel?.ref()
    }
    try {
      return await promise
    } finally {
      if (--holds === 0) {
        child.unref()
        child.channel?.unref()
      }
    }
  }
}

function runUnder(child: ChildProcess, { identity, ...command }: Command): Promise<Running> {
  return new Promise((resolve, reject) => {
    const owner = identity === null ? {} : { uid: identity.uid, gid: identity.gid }
    let settle: (status: number | NodeJS.Signals) => void
    const exit = new Promise<number | NodeJS.Signals>((done) => {
      settle = done
    })
    let exited = false
    let pid: number | undefined
    const finish = (status: number | NodeJS.Signals): void => {
      exited = true
      child.off('message', onReport)
      child.off('exit', onLost)
      settle(status)
    }
    const signal = (name: NodeJS.Signals): void => {
      if (child.connected) child.send({ op: 'signal', signal: name })
    }
    const onReport = (report: Report): void => {
      if (report.event === 'exit') {
        finish(report.signal ?? report.code ?? 0)
      } else if (report.event === 'failed') {
        finish(127)
        reject(internal('embedded.start', `${command.command} could not be started: ${report.message}`))
      } else {
        pid = report.pid
        resolve({ pid, exit, exited: () => exited, signal })
      }
    }
    const onLost = (): void => {
      // Somebody killed the watchdog: nobody else would end the server.
      if (pid !== undefined) endOrphan(pid)
      finish('SIGKILL')
      reject(internal('embedded.watchdog', `The watchdog of ${command.command} ended before it started.`))
    }
    child.on('message', onReport)
    child.once('exit', onLost)
    child.send({ op: 'run', ...command, ...owner, env: cleanEnvironment() }, (error) => {
      if (error !== null) reject(internal('embedded.watchdog', 'The watchdog cannot be reached.', { cause: error }))
    })
  })
}

function endOrphan(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT')
  } catch {
    // It is gone already.
  }
}
