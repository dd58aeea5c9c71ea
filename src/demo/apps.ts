import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type AppArguments,
  argumentsVariable,
  type Report,
  type Sample,
  stopMessage,
  type Version,
} from './messages.ts'

/** A running version of the app. */
export interface App {
  readonly version: Version
  /** Lets it finish, check its own rows and end. */
  readonly stop: () => Promise<void>
  readonly kill: () => void
}

/** This file is `.ts` in the sources and `.js` in the build, and so is the app's. */
const file = fileURLToPath(new URL(`./app${path.extname(import.meta.url)}`, import.meta.url))

/** Starts a version and waits until it works. It ending before it is told to counts as a failure. */
export async function startApp(given: AppArguments, onSample: (sample: Sample) => void): Promise<App> {
  const { version } = given
  const env = { ...process.env, [argumentsVariable]: JSON.stringify(given) }
  const child = fork(file, [], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const exit = once(child, 'exit')
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  let asked = false
  const ready = new Promise<void>((resolve) => {
    child.on('message', (report: Report) => (report.kind === 'ready' ? resolve() : onSample(report.sample)))
  })
  const died = exit.then(() => {
    const first = `the process ended: ${errors.trim().split('\n').at(-1) ?? ''}`
    if (!asked) onSample({ ...nothing, failed: 1, failures: { ended: { count: 1, first } } })
  })
  await Promise.race([
    ready,
    died.then(() => Promise.reject(new Error(`${version} ended before it began: ${errors.trim()}`))),
  ])
  return {
    version,
    stop: async () => {
      asked = true
      if (child.connected) child.send(stopMessage)
      await endsSoon(child, exit)
    },
    kill: () => {
      asked = true
      child.kill('SIGKILL')
    },
  }
}

const nothing: Sample = {
  milliseconds: 0,
  statements: 0,
  failed: 0,
  checked: 0,
  mismatches: 0,
  p50: 0,
  longest: 0,
  failures: {},
}

/** A statement that hangs must not hang the demo. */
async function endsSoon(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exit
  clearTimeout(timer)
}
