import { expect, it } from 'vitest'
import { nameOf, stopsOf } from '../../../src/testing/states.ts'

const show = (ready: 'expanded' | 'backfilled', back: boolean): readonly string[] =>
  stopsOf(ready, back).map((stop) => `${nameOf(stop)}: ${stop.versions.join(' ')}`)

it('the old version works until contract, the new one from when it may be deployed', () => {
  expect(show('backfilled', false)).toEqual(['before: old', 'expanded: old', 'backfilled: old new', 'contracted: new'])
  expect(show('expanded', false)).toEqual([
    'before: old',
    'expanded: old new',
    'backfilled: old new',
    'contracted: new',
  ])
})

it('a way back leads from each state, and is walked before the next one', () => {
  expect(show('expanded', true)).toEqual([
    'before: old',
    'expanded: old new',
    'before, rolled back from expanded: old',
    'backfilled: old new',
    'before, rolled back from backfilled: old',
    'contracted: new',
    'backfilled, rolled back from contracted: old new',
  ])
})
