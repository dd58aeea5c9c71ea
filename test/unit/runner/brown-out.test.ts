import { describe, expect, it } from 'vitest'
import { compare } from '../../../src/runner/brown-out/compare.ts'

const counter = (count: number, key = 'rollbacks') => ({ key, what: key, count, sure: false }) as const

describe('failures while the old shape is hidden', () => {
  it('are unusual at the first one where there were none before', () => {
    const failures = compare()
    for (const count of [7, 7, 7]) failures.usual([counter(count)])
    failures.begin([counter(7)], 0)
    expect(failures.unusual([counter(7)])).toEqual([])
    expect(failures.unusual([counter(8)])).toEqual([{ what: 'rollbacks', count: 1, sure: false }])
    expect(failures.grown()).toEqual([{ what: 'rollbacks', count: 1, sure: false }])
  })

  it('are unusual where there were some when many more come at once', () => {
    const failures = compare()
    for (const count of [0, 3, 3, 5]) failures.usual([counter(count)])
    failures.begin([counter(9)], 0)
    expect(failures.unusual([counter(12)])).toEqual([])
    expect(failures.unusual([counter(20)])).toEqual([])
    expect(failures.unusual([counter(29)])).toEqual([{ what: 'rollbacks', count: 20, sure: false }])
  })

  it('are each compared with themselves, also one that came only now', () => {
    const failures = compare()
    for (const count of [0, 5]) failures.usual([counter(count)])
    failures.begin([counter(5)], 0)
    expect(failures.unusual([counter(6), counter(1, 'new')])).toEqual([{ what: 'new', count: 1, sure: false }])
    // Told in the end, though what counted it is not there any more.
    expect(failures.unusual([counter(6)])).toEqual([])
    expect(failures.grown().map(({ what }) => what)).toEqual(['rollbacks', 'new'])
  })

  it('leave out what our own tries for the lock rolled back', () => {
    const failures = compare()
    failures.usual([counter(0)])
    failures.begin([{ ...counter(0), ours: true }], 2)
    expect(failures.unusual([{ ...counter(2), ours: true }])).toEqual([])
    expect(failures.unusual([{ ...counter(3), ours: true }])).toMatchObject([{ count: 1 }])
    // For another table, while this one is hidden.
    failures.retried()
    expect(failures.unusual([{ ...counter(3), ours: true }])).toEqual([])
  })

  it('count from nothing again where the server began anew', () => {
    const failures = compare()
    failures.usual([counter(50)])
    failures.begin([counter(50)], 0)
    expect(failures.unusual([counter(1)])).toMatchObject([{ count: 1 }])
  })

  it('are none where there are fewer of what is counted at this moment', () => {
    const failures = compare()
    const hidden = (count: number) => ({ ...counter(count, 'hidden'), sure: true, momentary: true }) as const
    for (const count of [3, 3]) failures.usual([hidden(count)])
    failures.begin([hidden(3)], 0)
    expect(failures.unusual([hidden(2)])).toEqual([])
    expect(failures.unusual([hidden(4)])).toMatchObject([{ count: 1 }])
  })
})
