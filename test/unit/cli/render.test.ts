import pico from 'picocolors'
import { describe, expect, test } from 'vitest'
import { renderCheck } from '../../../src/cli/render/check.ts'
import { renderError } from '../../../src/cli/render/error.ts'
import { bytes, count, duration, percent } from '../../../src/cli/render/format.ts'
import { renderPlan } from '../../../src/cli/render/plan.ts'
import { renderReady } from '../../../src/cli/render/ready.ts'
import { renderStatus } from '../../../src/cli/render/status.ts'
import { cut, table } from '../../../src/cli/render/table.ts'
import { internal, refused } from '../../../src/errors.ts'
import type { LedgerState } from '../../../src/ledger/state.ts'
import type { PlanResult, StepView } from '../../../src/runner/api.ts'
import { hostile, reportOf } from './check/sample.ts'

const plain = pico.createColors(false)

describe('numbers', () => {
  test.each([
    [350, '350ms'],
    [4200, '4.2s'],
    [59_600, '1m 00s'],
    [185_000, '3m 05s'],
    [7_800_000, '2h 10m'],
    [529_200_000, '6d 3h'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text)
  })

  test('are grouped, and bytes have units', () => {
    expect([count(999), count(1000), count(1234567)]).toEqual(['999', '1,000', '1,234,567'])
    expect([bytes(812), bytes(4_194_304)]).toEqual(['812 B', '4.0 MB'])
  })

  test('are never 100% before the end, nor 0% after the beginning', () => {
    expect([percent(999_999, 1_000_000), percent(1, 1_000_000), percent(5, 5), percent(0, 0)]).toEqual([
      '99%',
      '1%',
      '100%',
      '0%',
    ])
  })
})

describe('a table', () => {
  test('lines its columns up, colours or not, and has no blanks at the ends', () => {
    const red = pico.createColors(true).red
    expect(
      table([
        ['a', 'b'],
        [red('long'), ''],
        ['é', 'c'],
      ]),
    ).toBe(`a     b\n${red('long')}\né     c`)
  })

  test('cuts what is too long', () => {
    expect(cut('abcdef', 4)).toBe('abc…')
    expect(cut('abcd', 4)).toBe('abcd')
  })
})

describe('an error', () => {
  test('says what, why and what next', () => {
    const error = refused('plan.conflict', 'two migrations want users.name', {
      cause: new Error('deadlock detected'),
      hint: 'Complete the first one.',
    })
    expect(renderError(error, plain, false)).toBe(
      'error plan.conflict: two migrations want users.name\n  because: deadlock detected\n→ Complete the first one.',
    )
  })

  test('does not say the same twice', () => {
    const error = internal('internal', 'boom', { cause: new Error('boom') })
    expect(renderError(error, plain, false)).toBe('error internal: boom')
  })

  test('has the stacks of all its causes when verbose', () => {
    const error = internal('internal', 'outer', { cause: new Error('middle', { cause: new Error('inner') }) })
    expect(renderError(error, plain, true)).toMatch(/outer.*caused by Error: middle.*caused by Error: inner/s)
  })
})

describe('a check', () => {
  const statements = [
    { id: 'read', sql: 'select 1' },
    { id: 'star', sql: 'select *' },
  ]
  const rendered = (findings: Parameters<typeof reportOf>[0][number]['findings'] = {}): readonly string[] =>
    renderCheck(reportOf([{ version: 'v1', role: 'old', statements, findings }]).result, plain).split('\n')

  test('says of each finding its own verdict, and once where it is the same in several states', () => {
    const star = { statement: 'star', verdict: 'changes', code: 'prepared-star', message: 'more columns' } as const
    const [, , cells, ...lines] = rendered({ expanded: [star], backfilled: [star], contracted: [{}, star] })
    expect(cells?.split(/\s{2,}/)).toEqual(['shop v1', 'ok', 'changes', 'changes', 'fails'])
    expect(lines.filter((line) => !line.includes('→')).map((line) => line.split(': ').slice(0, 2))).toEqual([
      ['changes shop v1 expanded, backfilled, contracted', 'star'],
      ['fails shop v1 contracted', 'read'],
    ])
  })

  test('says once that a state was not reached', () => {
    const not = { verdict: 'unverifiable', code: 'not-reached', message: 'not there', hint: null } as const
    const lines = rendered({ contracted: statements.map(({ id }) => ({ ...not, statement: id })) })
    expect(lines.slice(3)).toEqual(['unverifiable shop v1 contracted: 2 statements: not there NAME not-reached'])
  })

  test.each([...hostile, '\u001b[31m'])('begins no line with what others wrote: %j', (text) => {
    const finding = { statement: `a\n${text}`, message: `b\n${text}`, hint: `c\n${text}` }
    for (const line of rendered({ expanded: [finding] }).slice(3)) {
      expect(line).toMatch(/^(?:fails | {2}[|→] )/)
      expect(line).not.toContain('\u001b')
    }
    const notices = renderCheck(reportOf([], { migration: '', notices: [`a\n${text}`] }).result, plain).split('\n')
    for (const line of notices) expect(line).toMatch(/^(?:a$| {2}[|] )/)
  })
})

describe('a plan', () => {
  const step: StepView = {
    id: 'expand.users.full_name',
    kind: 'columns',
    description: 'add full_name',
    statements: [
      'alter table "users" add column "full_name" text;',
      `create function f() as $$\n${'x;\n'.repeat(20)}$$`,
    ],
    transaction: true,
    locks: [{ relation: 'users', mode: 'ACCESS EXCLUSIVE', blocksReads: true, blocksWrites: true }],
    rewrites: false,
    scans: true,
    reversible: false,
  }
  const plan: PlanResult = {
    session: [],
    migrations: [
      {
        name: 'm',
        checksum: 'c'.repeat(64),
        state: 'pending',
        phases: { expand: [step], backfill: [], contract: [{ ...step, description: 'exchange names' }], purge: [] },
        hazards: [{ code: 'h', severity: 'stop', statement: null, message: 'dangerous', hint: 'do not', docs: '' }],
        tables: [{ name: 'users', rows: 1200, bytes: 2048 }],
        newVersionReady: 'backfilled',
        pointsOfNoReturn: [
          { phase: 'purge', step: null, when: 'at purge', why: 'it goes', untilThen: 'a row', passed: false },
          { phase: 'expand', step: 'x', when: 'with x', why: 'it is so', untilThen: 'a row', passed: true },
        ],
      },
    ],
  }

  test('shows statements, locks, sizes and hazards', () => {
    const text = renderPlan(plan, plain)
    expect(text).toContain('alter table "users" add column "full_name" text;\n')
    expect(text).toContain('users: ACCESS EXCLUSIVE (blocks reads and writes); scans the table; cannot be undone')
    expect(text).toContain('table users: about 1,200 rows, 2.0 kB')
    expect(text).toContain('stop h: dangerous\n    → do not')
    expect(text).toContain('ahead at purge: it goes (until then a rollback may lose a row)')
    expect(text).toMatch(/passed with x: it is so$/m)
  })

  test('folds long bodies and says so, unless all is asked for', () => {
    expect(renderPlan(plan, plain)).toMatch(/-- 19 more lines: --verbose/)
    const full = renderPlan(plan, plain, { full: true })
    expect(full).not.toContain('more lines')
    expect(full.match(/x;/g)).toHaveLength(40)
  })

  test('shows only the phases that a dry run is about', () => {
    const text = renderPlan(plan, plain, { only: ['contract'] })
    expect(text).toContain('exchange names')
    expect(text).not.toContain('add full_name')
  })
})

test('a closed gate says why, and when to try again', () => {
  const gate = {
    name: 'legacy-writes',
    status: 'failed',
    reason: 'v1 wrote 2 min ago',
    hint: 'stop v1',
    retryAfterSeconds: 480,
  } as const
  const text = renderReady(
    {
      migrations: [{ name: 'm', ready: false, gates: [gate], sessions: [], readersNotice: null, pointsOfNoReturn: [] }],
    },
    plain,
  )
  expect(text).toBe(
    'm: contract may not run yet\n  failed  legacy-writes  v1 wrote 2 min ago (again in 8m 00s)\n  → legacy-writes: stop v1',
  )
})

test('status says of a fence that was left what takes it down, and no way back that would take the new shape away', () => {
  const shown = (state: LedgerState, left: boolean): string =>
    renderStatus(
      {
        database: 'shop',
        dialect: 'postgres',
        server: 'PostgreSQL 18',
        lease: [],
        migrations: [
          {
            name: 'm',
            state,
            checksum: '',
            phase: { name: null, stepsDone: 0, stepsTotal: 0, startedAt: null },
            backfill: null,
            quarantinedUntil: null,
            conversionFailures: 0,
            ageSeconds: null,
            error: null,
            fence: { since: '', accounts: ['v1'], left },
          },
        ],
      },
      plain,
    )
  expect(shown('backfilled', true)).toMatch(/v1 may be locked out .* migrate contract m lets them in again before/)
  expect(shown('backfilled', true)).not.toContain('rollback')
  expect(shown('contracting', true)).toContain('migrate rollback m lets them in again')
  expect(shown('contracted', false)).not.toContain('locked out')
})
