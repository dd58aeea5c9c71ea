import { describe, expect, test } from 'vitest'
import { toBellowsError } from '../../../src/dialects/postgres/driver-errors.ts'
import type { RunnerEvent } from '../../../src/runner/events.ts'
import { type RetryOptions, withLockRetry } from '../../../src/runner/retry.ts'

const serverError = (code: string): Error => toBellowsError(Object.assign(new Error(`SQLSTATE ${code}`), { code }))

/** No session is needed: who blocks is asked for only when a lock has been waited for. */
function options(events: RunnerEvent[], more: Partial<RetryOptions> = {}): RetryOptions {
  const given = {
    lockTimeout: 500,
    lockBudget: 60_000,
    emit: (event: RunnerEvent) => void events.push(event),
    signal: null,
    ...more,
  }
  return { ...given, dialect: undefined, worker: undefined, observer: undefined } as unknown as RetryOptions
}

/** Fails so often with this SQLSTATE, then succeeds. */
function failing(
  times: number,
  code: string,
): { readonly attempt: () => Promise<string>; readonly tried: () => number } {
  let tried = 0
  return {
    tried: () => tried,
    attempt: async () => {
      if (++tried <= times) throw serverError(code)
      return 'done'
    },
  }
}

describe('what takes locks', () => {
  test.each(['55P03', '40P01', '40001', '57014'])('is tried again after %s, and says so', async (code) => {
    const events: RunnerEvent[] = []
    const { attempt, tried } = failing(2, code)
    expect(await withLockRetry('add a column', options(events), attempt)).toBe('done')
    expect(tried()).toBe(3)
    expect(events).toMatchObject([
      {
        kind: 'retry',
        what: 'add a column',
        attempt: 1,
        reason: `SQLSTATE ${code}`,
        code: expect.stringMatching(/^database\./),
        blockers: [],
      },
      { kind: 'retry', attempt: 2 },
    ])
  })

  test.each(['42P01', '42501', '23505', '53100', '25006', '57P01', '22P02', 'XX000'])(
    'is not tried again after %s',
    async (code) => {
      const events: RunnerEvent[] = []
      const { attempt, tried } = failing(1, code)
      await expect(withLockRetry('add a column', options(events), attempt)).rejects.toThrow(`SQLSTATE ${code}`)
      expect(tried()).toBe(1)
      expect(events).toEqual([])
    },
  )

  test('is not tried again after an error that is not of the database', async () => {
    await expect(withLockRetry('x', options([]), () => Promise.reject(new TypeError('a bug')))).rejects.toThrow(
      TypeError,
    )
  })

  test('is 75 when the budget is spent, with what it was and the last error as the cause', async () => {
    const { attempt } = failing(1000, '55P03')
    const error: unknown = await withLockRetry('add a column', options([], { lockBudget: 300 }), attempt).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      exitCode: 75,
      code: 'lock.budget',
      retryable: true,
      message: expect.stringContaining('add a column'),
      cause: expect.objectContaining({ code: 'database.lock-timeout' }),
    })
  })

  test('stops between two tries when that is asked for', async () => {
    const stop = new AbortController()
    const { attempt, tried } = failing(1000, '55P03')
    const work = withLockRetry('x', options([], { signal: stop.signal }), attempt)
    setTimeout(() => stop.abort('SIGTERM'), 50)
    await expect(work).rejects.toMatchObject({ exitCode: 143 })
    expect(tried()).toBeLessThan(5)
  })

  test('passes the lock timeout on, the same at each try while no autovacuum is in the way', async () => {
    const given: number[] = []
    let tries = 0
    await withLockRetry('x', options([], { lockTimeout: 321 }), async (lockTimeout) => {
      given.push(lockTimeout)
      if (++tries < 3) throw serverError('55P03')
    })
    expect(given).toEqual([321, 321, 321])
  })
})
