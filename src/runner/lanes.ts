import type { Session } from '../dialects/dialect.ts'
import { type LeaseOptions, leasesHeld, takeLease } from '../ledger/lease.ts'
import type { Ledger } from '../ledger/records.ts'
import type { Lane } from './batch.ts'
import type { Emit } from './events.ts'
import { mostLanes } from './parallel.ts'

/** What opening lanes takes. */
export interface LaneSource {
  /** The lease that they work under. */
  readonly lease: string
  readonly leaseOptions: (name: string) => LeaseOptions
  readonly connect: () => Promise<Session>
  readonly ledgerOn: (session: Session) => Ledger
  readonly emit: Emit
}

/** Sessions to work on beside the first one. Each has a lease, so that whoever takes over after a crash finds it and ends it. */
export interface Lanes {
  readonly open: (count: number) => Promise<readonly Lane[]>
  readonly close: () => Promise<void>
}

const nameOf = (lease: string, number: number): string => `lane:${number}:${lease}`

/** Lanes under a lease; none is open yet. */
export function lanesUnder({ lease, leaseOptions, connect, ledgerOn, emit }: LaneSource): Lanes {
  const opened: Lane[] = []
  const openOne = async (): Promise<Lane> => {
    const session = await connect()
    try {
      const name = nameOf(lease, opened.length + 2)
      const held = await takeLease(name, { ...leaseOptions(name), worker: session })
      return { session, ledger: ledgerOn(session), lease: held }
    } catch (error) {
      await session.close()
      throw error
    }
  }
  return {
    open: async (count) => {
      while (opened.length < count) {
        try {
          opened.push(await openOne())
        } catch (error) {
          // Slower is better than not at all, where a pool or the server has no more connections.
          const message = error instanceof Error ? error.message : String(error)
          emit({ kind: 'warning', message: `${opened.length + 1} of ${count + 1} workers go: ${message}` })
          break
        }
      }
      return opened
    },
    close: async () => {
      for (const { lease: held, session } of opened) {
        await held.release()
        await session.close().catch(() => undefined)
      }
    },
  }
}

/**
 * Waits until no lane of an earlier holder of this lease is left, and ends those whose time is over: they may hold locks on rows.
 *
 * @throws BellowsError exit 75 when one is still held after the wait
 */
export async function endLanes(lease: string, options: (name: string) => LeaseOptions): Promise<void> {
  const names = Array.from({ length: mostLanes - 1 }, (_, index) => nameOf(lease, index + 2))
  for (const name of await leasesHeld(names, options(lease))) {
    const held = await takeLease(name, options(name))
    await held.release()
  }
}
