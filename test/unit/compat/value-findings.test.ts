import { describe, expect, it } from 'vitest'
import { counts } from '../../../src/compat/matrix.ts'
import type { Written } from '../../../src/compat/round-trip.ts'
import type { State } from '../../../src/compat/states.ts'
import { type Rounds, valueFindings } from '../../../src/compat/value-findings.ts'
import type { AppVersion } from '../../../src/compat/versions.ts'
import type { Seen } from '../../../src/dialects/round-trip.ts'
import type { LensColumn, RowLens } from '../../../src/planner/links/lens.ts'

const column = (name: string, type: string, nullable = true): LensColumn => ({
  ...{ name, expanded: name, contracted: name, type, collation: null, nullable, default: null, unseen: false },
})
const lens: RowLens = {
  ...{ kind: 'row', id: 'a', migration: 'm', table: { schema: 'public', name: 'items' }, key: [], untouched: [] },
  ...{ old: [column('price', 'numeric')], new: [column('euros', 'integer')], up: [], down: [] },
  ...{ identity: false, sameName: false, userTriggers: false },
}
const fine: Seen = {
  ...{ upError: null, downError: null, apart: false, oldElse: false, newElse: false, oldNull: false, newNull: false },
  ...{ old: '1', new: '1', up: '1', down: '1' },
}
const version = (role: AppVersion['role'], app: string, sql: string): AppVersion => ({
  ...{ role, app, version: role === 'old' ? 'v1' : 'v2', statements: [{ id: 's', sql }] },
})
const old = version('old', 'shop', 'select price from items')
const next = version('new', 'shop', 'select euros from Items')
const other = version('new', 'mail', 'select 1')

function found(
  given: { readonly seen: Partial<Seen> | null; readonly sample?: Written['sample'] },
  rounds: Partial<Rounds> & { readonly lens?: RowLens } = {},
  versions: readonly AppVersion[] = [old, next, other],
) {
  const { writer = 'old' } = rounds
  const value = { value: '1', what: 'a small number', sample: given.sample ?? null }
  const seen = given.seen === null ? null : { ...fine, ...given.seen }
  const trip = { value, column: 'price', seen, refused: seen === null ? '23514' : null }
  const one = { state: 'backfilled' as State, plan: { migration: 'm', accepted: [] }, lens, writer, ...rounds }
  const all: Rounds[] = [{ ...one, round: { lens: one.lens, writer, trips: [trip] } }]
  return (of: AppVersion, state: State = 'backfilled') =>
    valueFindings(all, versions, of, state).map(
      (finding) => `${finding.statement} ${finding.code} ${counts(finding, false)}`,
    )
}

describe('what a round trip finds', () => {
  it.each<[string, Rounds['writer'], Partial<Seen>, string | null]>([
    ['a value that comes back', 'old', {}, null],
    ['one that does not', 'old', { oldElse: true }, '(values) lossy-up true'],
    [
      'one that cannot be converted',
      'old',
      { upError: '22003', oldElse: true, newNull: true },
      '(values) up-fails false',
    ],
    ['one that something else changed', 'old', { apart: true, oldElse: true }, '(values) not-in-sync true'],
    ['a value of the new version that comes back', 'new', { upError: '22003', oldElse: true }, null],
    ['one that the old one cannot hold', 'new', { newElse: true }, '(values) lossy-down false'],
    ['one that raises', 'new', { downError: '22003', newElse: true }, '(values) down-fails false'],
  ])('%s', (_, writer, seen, expected) => {
    const at = found({ seen }, { writer })
    expect(at(writer === 'old' ? next : old)).toEqual(expected === null ? [] : [expected])
    expect(at(writer === 'old' ? old : next)).toEqual([])
  })

  it('counts where a sample has it, at the statement that writes it', () => {
    const sample = { version: next, statement: 'put', source: null }
    const at = found({ seen: { newElse: true }, sample }, { writer: 'new' })
    expect(at(next)).toEqual(['put lossy-down true'])
    expect(at(old)).toEqual([])
  })

  it('counts not where the migration accepts it', () => {
    const plan = { migration: 'm', accepted: [{ id: 'lossy-up', reason: 'cents' }] }
    expect(found({ seen: { oldElse: true } }, { plan })(next)).toEqual(['(values) lossy-up false'])
    expect(found({ seen: { apart: true } }, { plan })(next)).toEqual(['(values) not-in-sync true'])
  })

  it('is told to those who read the table; where nobody reads, to those who write it', () => {
    const at = found({ seen: { oldElse: true } })
    expect(at(other)).toEqual([])
    expect(found({ seen: { oldElse: true } }, {}, [old])(old)).toEqual(['(values) lossy-up true'])
  })

  it('is read from contract on where the column keeps its name', () => {
    const at = found({ seen: { oldElse: true } }, { lens: { ...lens, sameName: true } })
    expect(at(next)).toEqual([])
    expect(at(next, 'contracted')).toEqual(['(values) lossy-up true'])
  })

  it('a NULL where the new column becomes NOT NULL', () => {
    const required = { ...lens, new: [column('euros', 'integer', false)] }
    expect(found({ seen: { newNull: true } }, { lens: required })(next)).toEqual(['(values) up-null false'])
  })

  it('holds nothing against a value that the server does not take from the contracted new version either', () => {
    expect(found({ seen: null }, { writer: 'new' })(old)).toEqual([])
  })

  it.each([
    ['splitColumn items.price → euros, cents', { new: [column('euros', 'integer'), column('cents', 'integer')] }],
    ['mergeColumns items.price, rest → euros', { old: [column('price', 'numeric'), column('rest', 'integer')] }],
    ['changeType items.price → euros', {}],
  ])('names its intent: %s', (name, ends) => {
    const several: RowLens = { ...lens, ...ends }
    const value = { value: '1', what: 'a small number', sample: null }
    const trips = [{ value, column: 'price', seen: { ...fine, oldElse: true }, refused: null }]
    const round = { lens: several, writer: 'old', trips } as const
    const one = {
      state: 'backfilled',
      plan: { migration: 'm', accepted: [] },
      lens: several,
      writer: 'old',
      round,
    } as const
    expect(valueFindings([one], [old, next], next, 'backfilled')[0]?.message).toMatch(new RegExp(`^${name}: `))
  })

  it('says what could not be tried', () => {
    const none: Rounds = {
      state: 'backfilled',
      plan: { migration: 'm', accepted: [] },
      lens,
      writer: 'old',
      round: { why: 'x' },
    }
    expect(valueFindings([none], [old, next], next, 'backfilled')).toMatchObject([
      { code: 'not-tried', verdict: 'unverifiable' },
    ])
  })
})
