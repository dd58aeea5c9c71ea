import { describe, expect, it } from 'vitest'
import type { StatementStatistics } from '../../../src/dialects/statement-use.ts'
import { type CountedLook, countedOf, executedSince, isNews } from '../../../src/runner/gates/executed.ts'

type Told = Extract<StatementStatistics, { told: true }>

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
/** Ten minutes, the last one being the twentieth. */
const window = { from: at(10), now: at(20) }
const lostNothing = { count: 0, what: 'entries were dropped', hint: '' }

const told = (calls: Record<string, number>, lost = 0, since: string | null = at(0)): Told => ({
  told: true,
  since,
  lost: { ...lostNothing, count: lost },
  uses: Object.entries(calls).map(([key, n]) => ({ key, text: key, reads: 'names', calls: n, last: null })),
})
const look = (minute: number, calls: Record<string, number>, lost = 0, since: string | null = at(0)): CountedLook => ({
  ...{ at: at(minute), since, lost, calls },
})

describe('what was executed in a window', () => {
  it('is nothing where a look before it counted the same', () => {
    expect(executedSince(told({ a: 5 }), [look(1, { a: 2 }), look(9, { a: 5 })], window)).toEqual([])
  })

  it('is certain where two looks in it differ, until it has been quiet for as long', () => {
    const looks = [look(1, { a: 2 }), look(12, { a: 2, b: 1 }), look(15, { a: 3, b: 1 })]
    expect(executedSince(told({ a: 3 }), looks.slice(0, 1), window)).toMatchObject([{ after: at(1), certain: false }])
    expect(executedSince(told({ a: 3, b: 1 }), looks, window)).toMatchObject([
      { text: 'a', after: at(12), certain: true, until: at(25) },
      { text: 'b', after: at(1), certain: false, until: at(22) },
    ])
    expect(executedSince(told({ a: 4, b: 1 }), looks, window)[0]).toMatchObject({ certain: true, until: at(30) })
  })

  it('is not known without a look that is older', () => {
    expect(executedSince(told({ a: 5 }), [], window)).toMatchObject([
      { reads: 'names', after: null, certain: false, until: at(30) },
      { reads: 'lost', after: null, certain: false },
    ])
    expect(executedSince(told({ a: 5 }), [look(11, { a: 5 })], window)[0]).toMatchObject({ after: null, until: at(21) })
  })

  it('counts an entry that is new since, what was lost, and one that is gone', () => {
    const before = [look(1, { a: 5 })]
    expect(executedSince(told({ a: 5, b: 1 }), before, window)).toMatchObject([{ text: 'b', certain: false }])
    expect(executedSince(told({ a: 5 }, 1), before, window)).toMatchObject([
      { reads: 'lost', text: 'entries were dropped' },
    ])
    expect(executedSince(told({}), before, window)).toMatchObject([
      { reads: 'lost', text: 'entries of the statistics were reset' },
    ])
  })

  it('compares no counts of before a reset', () => {
    const reset = told({ a: 5 }, 0, at(3))
    expect(executedSince(reset, [look(1, { a: 5 })], window)[0]).toMatchObject({ after: null })
    expect(executedSince(reset, [look(1, { a: 9 }), look(4, { a: 5 }, 0, at(3))], window)).toEqual([])
  })

  it('goes by the time of each statement where that is told', () => {
    const timed: Told = {
      ...told({}),
      lost: null,
      uses: [{ key: 'a', text: 'a', reads: 'all', calls: null, last: at(15) }],
    }
    expect(executedSince(timed, [], window)).toMatchObject([{ reads: 'all', certain: true, until: at(25) }])
    expect(countedOf(timed)).toBeNull()
  })
})

it('a look is kept where it counts something else than the last one', () => {
  const counted = { since: at(0), lost: 0, calls: { a: 1 } }
  expect(isNews(counted, [])).toBe(true)
  expect(isNews(counted, [look(1, { a: 1 })])).toBe(false)
  expect(isNews(counted, [look(1, { a: 1, b: 1 })])).toBe(true)
  expect(isNews({ ...counted, lost: 1 }, [look(1, { a: 1 })])).toBe(true)
})
