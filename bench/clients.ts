import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Load, Order } from './client-messages.ts'

/** Connections that update single rows without pause. */
export interface Clients {
  /** Starts, or goes over to another table or column. */
  readonly run: (table: string, column: string, rows: number) => Promise<void>
  /** What they do while the body runs. They stand still afterwards. */
  readonly during: (body: () => Promise<unknown>) => Promise<Load>
  readonly close: () => void
}

/** How many connections. */
export const connections = 4

/** Starts their process; they do nothing yet. */
export async function startClients(url: string): Promise<Clients> {
  const script = fileURLToPath(new URL('client-process.ts', import.meta.url))
  const child = fork(script, [url, String(connections)], { execArgv: ['--import', 'jiti/register'] })
  const ended = once(child, 'exit').then(() => {
    throw new Error('the process of the clients ended')
  })
  // Somebody always waits for it, or nobody minds any more.
  ended.catch(() => undefined)
  const answer = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown]
    return message
  }
  const order = async (given: Order): Promise<unknown> => {
    const answered = answer()
    child.send(given)
    return answered
  }
  await answer()
  return {
    run: async (table, column, rows) => {
      await order({ kind: 'run', table, column, rows })
    },
    during: async (body) => {
      await order({ kind: 'begin' })
      await body()
      return (await order({ kind: 'end' })) as Load
    },
    close: () => child.disconnect(),
  }
}

/** For so many milliseconds. */
export const pauseFor = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A failed statement makes every figure worthless. */
export function noneFailed(load: Load, when: string): void {
  if (load.failed > 0) throw new Error(`${load.failed} statements failed ${when}: ${load.failure}`)
}
