import { fork } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DialectName } from '../planner/catalog.ts'

/** A database that must not be left behind. */
export interface LeftOver {
  readonly name: string
  /** Where it can be dropped. */
  readonly url: string
  readonly dialect: DialectName
}

/** What the janitor is told. */
export type JanitorMessage =
  | { readonly op: 'watch'; readonly database: LeftOver }
  | { readonly op: 'forget'; readonly name: string }

/** A process that drops what we leave behind when we die, however we die: what we have no time for ourselves. */
export interface Janitor {
  /** From before the database is made. */
  watch(database: LeftOver): void
  forget(name: string): void
  close(): void
}

/** This file is `.ts` in the sources and `.js` in the build, and so is the janitor's. */
const file = fileURLToPath(new URL(`./janitor-process${path.extname(import.meta.url)}`, import.meta.url))

/** Starts a janitor. Detached: a Ctrl-C on the terminal must not reach it. The URL, with its password, is told in no argument. */
export function startJanitor(): Janitor {
  const { NODE_OPTIONS: _hooks, ...env } = process.env
  const child = fork(file, [], {
    detached: true,
    cwd: '/',
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // Without it the tests go on as they would: only nobody cleans up when they are killed.
  child.on('error', () => undefined)
  child.unref()
  child.channel?.unref()
  const tell = (message: JanitorMessage): void => {
    if (child.connected) child.send(message, () => undefined)
  }
  return {
    watch: (database) => tell({ op: 'watch', database }),
    forget: (name) => tell({ op: 'forget', name }),
    close: () => {
      if (child.connected) child.disconnect()
    },
  }
}
