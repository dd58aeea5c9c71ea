import { expect, it, vi } from 'vitest'
import { pick, seed } from '../../scenarios/sample.ts'
import { describeEveryServer } from '../../servers/databases.ts'
import { migrator, outcome, run, withUsers } from '../shop.ts'

const day = 86_400_000

/** Runs with the clock of this process so far ahead, or behind. */
async function ahead<T>(milliseconds: number, body: () => Promise<T>): Promise<T> {
  const RealDate = Date
  class OtherDate extends RealDate {
    constructor(...given: readonly unknown[]) {
      // As without arguments, or with those of any other.
      super(...((given.length === 0 ? [RealDate.now() + milliseconds] : given) as [number]))
    }
    static override now(): number {
      return RealDate.now() + milliseconds
    }
  }
  vi.stubGlobal('Date', OtherDate)
  try {
    return await body()
  } finally {
    vi.unstubAllGlobals()
  }
}

describeEveryServer('the clock of a runner', (server) => {
  const wrongs = [
    ['two days ahead', 2 * day],
    ['two days behind', -2 * day],
  ] as const
  it.each(pick(wrongs, 1, seed))('%s opens no gate, ends no retention and takes no lease', (_, milliseconds) =>
    withUsers(
      server,
      async (database) => {
        const right = migrator(database)
        const wrong = migrator(database, undefined, { leaseWait: 300 })
        await ahead(milliseconds, () => wrong.expand())
        await run(database, `update users set name = 'changed' where id = 1`)

        await right.backfill({ batchTime: 20 })
        const closed = await ahead(milliseconds, () => wrong.contract({ quietPeriod: 600_000 }).catch((error) => error))
        expect(closed).toMatchObject({ exitCode: 5, code: 'gate.closed' })
        expect(closed.details.retryAfterSeconds).toBeGreaterThan(0)
        // Last writes are known to the second, of which the end counts.
        expect(closed.details.retryAfterSeconds).toBeLessThanOrEqual(601)

        await ahead(milliseconds, () => wrong.contract({ quietPeriod: 0, retention: day }))
        expect(await ahead(milliseconds, () => outcome(wrong.purge({ name: 'm' })))).toBe('5 purge.retention')
        await right.rollback()
        await Promise.all([right.close(), wrong.close()])
      },
      200,
    ),
  )

  it('is no reason to take a lease that another one holds', () =>
    withUsers(
      server,
      async (database) => {
        const stop = new AbortController()
        const holder = migrator(database, undefined, { signal: stop.signal })
        await holder.expand()
        // For longer than this test takes.
        const holding = outcome(holder.backfill({ maxRate: 100 }))
        await vi.waitUntil(() => holder.events.some(({ kind }) => kind === 'progress'), { timeout: 20_000 })
        for (const milliseconds of [2 * day, -2 * day]) {
          const other = migrator(database, undefined, { leaseWait: 0 })
          expect(await ahead(milliseconds, () => outcome(other.backfill()))).toBe('75 lease.held')
          await other.close()
        }
        stop.abort('SIGTERM')
        expect(await holding).toMatch(/^143 /)
        await holder.close()
      },
      5000,
    ))
})
