import { describe, expect, test } from 'vitest'
import type { LedgerState } from '../../../src/ledger/state.ts'
import type { MigrationRow } from '../../../src/ledger/tables.ts'
import type { Lens, LensColumn } from '../../../src/planner/links/lens.ts'
import type { Plan } from '../../../src/planner/plan.ts'
import type { Action } from '../../../src/planner/steps.ts'
import { claimsOf, refuseConflicts } from '../../../src/runner/claims.ts'

const table = { schema: 'public', name: 'users' }
const column = (name: string, expanded = name, contracted = name): LensColumn =>
  ({ name, expanded, contracted }) as LensColumn

function plan(migration: string, actions: readonly Action[], lenses: readonly unknown[] = []): Plan {
  const step = { id: 's', actions }
  return {
    migration,
    phases: { expand: [step], backfill: [], contract: [], purge: [] },
    lenses: lenses as Lens[],
  } as unknown as Plan
}

const key = [{ name: 'id', type: 'bigint' }]
const renames = (migration: string, from: string, to: string, on = table): Plan =>
  plan(
    migration,
    [],
    [{ kind: 'row', table: on, key, old: [column(from, from, `q_${from}`)], new: [column(to)], untouched: [] }],
  )
const reads = (migration: string, target: string, source: string): Plan =>
  plan(
    migration,
    [],
    [{ kind: 'fill', table, key, column: column(target), untouched: [{ name: source, type: 'text' }] }],
  )
const row = (of: Plan, state: LedgerState): MigrationRow => ({ name: of.migration, plan: of, state }) as MigrationRow

describe('what a plan claims', () => {
  test('are the columns of its lenses under all their names, and what they read', () => {
    const { writes, reads: read } = claimsOf(
      plan(
        'a',
        [],
        [
          {
            kind: 'row',
            table,
            key,
            old: [column('a', 'a', 'q_a')],
            new: [column('b', 's_b', 'b')],
            untouched: [{ name: 'c' }],
          },
        ],
      ),
    )
    expect([...writes].sort()).toEqual(['a', 'b', 'q_a', 's_b'].map((name) => `public.users.${name}`))
    expect([...read]).toEqual(['public.users.c', 'public.users.key (id)'])
  })

  test('are what its actions change, and not what they only refresh', () => {
    const claims = claimsOf(
      plan('a', [
        { do: 'setDefault', table, column: 'd', value: '1' },
        { do: 'renameColumn', table, from: 'e', to: 'f' },
        { do: 'analyze', table, columns: ['g'] },
        { do: 'dropTable', table: { schema: 'public', name: 'old' } },
      ]),
    )
    expect([...claims.writes].sort()).toEqual(['public.old.*', 'public.users.d', 'public.users.e', 'public.users.f'])
    expect([...claims.reads]).toEqual(['public.users.g'])
  })
})

describe('two migrations in flight', () => {
  const first = renames('first', 'name', 'full_name')
  const states: readonly LedgerState[] = [
    'expanding',
    'expanded',
    'backfilling',
    'backfilled',
    'contracting',
    'contracted',
    'purging',
    'rolling-back',
  ]

  test.each(states)('conflict on one column while the first is %s: exit 3 with both names and the column', (state) => {
    expect(() => refuseConflicts(renames('second', 'full_name', 'display_name'), [row(first, state)])).toThrow(
      expect.objectContaining({
        exitCode: 3,
        code: 'plan.conflict',
        message: expect.stringMatching(/second and first .*public\.users\.full_name/),
      }),
    )
  })

  test.each(['pending', 'completed'] as const)('do not conflict once the first is %s', (state) => {
    expect(() => refuseConflicts(renames('second', 'full_name', 'display_name'), [row(first, state)])).not.toThrow()
  })

  test('do not conflict on other columns, tables or schemas, nor one with itself', () => {
    expect(() => refuseConflicts(renames('second', 'email', 'mail'), [row(first, 'expanded')])).not.toThrow()
    expect(() =>
      refuseConflicts(renames('second', 'name', 'x', { schema: 'public', name: 'orders' }), [row(first, 'expanded')]),
    ).not.toThrow()
    expect(() =>
      refuseConflicts(renames('second', 'name', 'x', { schema: 'other', name: 'users' }), [row(first, 'expanded')]),
    ).not.toThrow()
    expect(() => refuseConflicts(first, [row(first, 'expanded')])).not.toThrow()
  })

  test('conflict where one reads what the other changes, both ways round, and not where both only read', () => {
    expect(() => refuseConflicts(reads('second', 'slug', 'name'), [row(first, 'expanded')])).toThrow(
      'public.users.name',
    )
    expect(() => refuseConflicts(first, [row(reads('second', 'slug', 'name'), 'expanded')])).toThrow(
      'public.users.name',
    )
    expect(() =>
      refuseConflicts(reads('second', 'slug', 'kind'), [row(reads('third', 'label', 'kind'), 'expanded')]),
    ).not.toThrow()
  })

  test('conflict on the hidden name of a quarantined column', () => {
    expect(() => refuseConflicts(renames('second', 'q_name', 'x'), [row(first, 'contracted')])).toThrow(
      'public.users.q_name',
    )
  })

  test('by a unique index that one takes away and the other tells rows apart by', () => {
    const index = { name: 'once', unique: true, body: '', columns: ['id'], comment: null }
    const drops = (columns: readonly string[]): Plan => {
      const back = { do: 'createIndex', table, index: { ...index, columns }, concurrently: true }
      const step = {
        kind: 'index',
        actions: [{ do: 'dropIndex', table, name: 'once', concurrently: true }],
        undo: [{ actions: [back] }],
      }
      return { ...plan('second', []), phases: { expand: [], backfill: [], contract: [step], purge: [] } } as never
    }
    expect(() => refuseConflicts(drops(['id']), [row(renames('first', 'a', 'b'), 'expanded')])).toThrow(
      /users\.key \(id\)/,
    )
    expect(() => refuseConflicts(renames('first', 'a', 'b'), [row(drops(['id']), 'expanded')])).toThrow(
      /users\.key \(id\)/,
    )
    expect(() => refuseConflicts(drops(['c']), [row(renames('first', 'a', 'b'), 'expanded')])).not.toThrow()
  })
})
