import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { inject } from 'vitest'
import { familyOf, type Statement, type WatchedProxy } from '../families/family.ts'

/** Where the runner dies: before the server sees the statement, or when it is done and the runner does not know. */
export type Point = 'before' | 'after'

/** A statement at which a runner dies. */
export interface Moment {
  /** From 1, of the statements that change something. */
  readonly at: number
  readonly point: Point
}

/** A command on a database. */
export interface Command {
  readonly url: string
  /** The folder with the migrations. */
  readonly dir: string
  readonly args: readonly string[]
}

/** What the process with the runners is told. */
export interface Order {
  readonly index: number
  readonly argv: readonly string[]
}

/** What it says of a runner that came to its end. */
export interface Ended {
  readonly index: number
  readonly code: number
  readonly stderr: string
}

/** Between two of these, nothing in the database is another than before: reading and settings make no new case. */
const changes =
  /^\s*(insert|update|delete|replace|alter|create|drop|rename|commit|lock|unlock|comment|grant|revoke|analyze|rollback)\b/i
/** A lease is taken and renewed by the clock, so its statements come in no fixed number; what a runner that died leaves of it is what every other case leaves of it too. */
const lease = /["`](bellows_)?lease["`]/

/** Runs a command to its end, and counts its statements that change something. */
export async function runAlone(command: Command): Promise<{ readonly ended: Ended; readonly statements: number }> {
  const child = start()
  const watched = await behindProxy(command, null)
  try {
    return { ended: await ending(child, 0, watched.url, command), statements: watched.statements() }
  } finally {
    child.kill('SIGKILL')
    await watched.close()
  }
}

/**
 * Runs commands, each on a database of its own, to a moment of each, and kills them with SIGKILL when all are there. At its moment
 * a runner is held: nothing that it says reaches the server any more, and no answer reaches it.
 */
export async function runKilled(commands: readonly (Command & { readonly moment: Moment })[]): Promise<void> {
  const child = start()
  const watched = await Promise.all(commands.map((command) => behindProxy(command, command.moment)))
  try {
    await Promise.all(
      commands.map(async (command, index) => {
        const { held, url } = watched[index] as Watched
        const ended = await Promise.race([held, ending(child, index, url, command)])
        if (ended === undefined) return
        const { at, point } = command.moment
        throw new Error(`It ended with ${ended.code}, and never came ${point} statement ${at}: ${ended.stderr}`)
      }),
    )
  } finally {
    child.kill('SIGKILL')
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit')
    await Promise.all(watched.map(({ close }) => close()))
  }
}

function start(): ChildProcess {
  const path = inject('bundledRunners')
  // As the command line does for itself (src/cli/main.ts).
  return fork(path, { execArgv: ['--wasm-tiering-budget=2000000000'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

async function ending(child: ChildProcess, index: number, url: string, { args, dir }: Command): Promise<Ended> {
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('message', (message: Ended) => message.index === index && resolve(message))
    child.once('exit', (code, signal) => reject(new Error(`The process with the runners ended: ${code ?? signal}`)))
  })
  ended.catch(() => undefined)
  child.send({ index, argv: [...args, '--database-url', url, '--dir', dir] } satisfies Order)
  return ended
}

/** The way to a database, on which a runner is held at its moment. */
interface Watched {
  readonly url: string
  /** Settled when the runner is held. */
  readonly held: Promise<void>
  statements(): number
  /** Lets go of the connections, and waits until the server has noticed. */
  close(): Promise<void>
}

async function behindProxy({ url }: Command, moment: Moment | null): Promise<Watched> {
  const family = familyOf({ url })
  let seen = 0
  let hold = (): void => undefined
  const held = new Promise<void>((resolve) => {
    hold = resolve
  })
  const order = new Map<number, number>()
  const fate = (place: number | undefined, point: Point): 'hold' | 'forward' => {
    if (place === undefined || place !== moment?.at || point !== moment.point) return 'forward'
    hold()
    return 'hold'
  }
  const proxy: WatchedProxy = await family.proxy(url, {
    before: ({ index, sql }: Statement) => {
      if (!changes.test(sql) || lease.test(sql)) return 'forward'
      order.set(index, ++seen)
      return fate(seen, 'before')
    },
    after: ({ index }: Statement) => fate(order.get(index), 'after'),
  })
  return {
    url: proxy.url,
    held,
    statements: () => seen,
    close: async () => {
      await proxy.close()
      await family.settled(url)
    },
  }
}
