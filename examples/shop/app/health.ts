import type { Answer } from './http.ts'

/** What the probes of an orchestrator and the checks of a load balancer are told. */
export interface Health {
  readonly answer: (path: string) => Promise<Answer> | Answer | null
  /** It has connected once, and does not go back to "not started" when the database is away later. */
  readonly started: () => void
  /** Not ready any more, whatever the database says: no new requests, please. */
  readonly drain: () => void
}

const patience = 1000

/** `ask` reaches for what the service cannot do without. */
export function createHealth(ask: () => Promise<unknown>): Health {
  let started = false
  let draining = false
  const ready = async (): Promise<Answer> => {
    if (draining) return { code: 503, body: { status: 'draining' } }
    try {
      await within(patience, ask())
      return { code: 200, body: { status: 'ready' } }
    } catch {
      // Why is for the log of the service: the answer may be seen by anybody.
      return { code: 503, body: { status: 'not ready' } }
    }
  }
  return {
    answer: (path) => {
      // No word about the database: to start anew would not bring it back.
      if (path === '/health/live') return { code: 200, body: { status: 'alive' } }
      if (path === '/health/started')
        return { code: started ? 200 : 503, body: { status: started ? 'started' : 'starting' } }
      return path === '/health/ready' ? ready() : null
    },
    started: () => {
      started = true
    },
    drain: () => {
      draining = true
    },
  }
}

async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
