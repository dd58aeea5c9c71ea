import { describe, expect, it } from 'vitest'
import { type Context, judge, type Results } from '../../../src/compat/judge.ts'
import { cellsOf, passes } from '../../../src/compat/matrix.ts'
import type { Role } from '../../../src/compat/versions.ts'
import type { Prepared } from '../../../src/dialects/check.ts'
import { postgresCheck } from '../../../src/dialects/postgres/check.ts'

const dialect = await postgresCheck()
const { statementKind } = dialect

const type = (name: string) => ({ oid: name.length, name })
const ok = (columns: Readonly<Record<string, string>> = {}, parameters: readonly string[] = []): Prepared => ({
  ok: true,
  parameters: parameters.map(type),
  columns: Object.entries(columns).map(([name, of]) => ({ name, type: type(of) })),
})
const fails = (code = '42703', message = 'column "name" does not exist'): Prepared => ({
  ok: false,
  code,
  message,
})

const context: Context = { ready: 'expanded', incomplete: false, dialect, doubt: () => null }

function cells(
  role: Role,
  [before, expanded, backfilled, contracted]: readonly (Prepared | null)[],
  {
    sql = 'select name from users',
    prepared = true,
    ...given
  }: Partial<Context> & { sql?: string; prepared?: boolean } = {},
) {
  const all = { ...context, ...given }
  const statement = { id: 's', sql, prepared }
  const version = { app: 'a', version: 'v', role, statements: [statement] }
  const results = { before, expanded, backfilled, contracted } as Results
  const findings = judge(version, statement, statementKind(sql), results, all)
  return cellsOf(version, (state) => findings[state], all.ready)
}

const verdicts = (...given: Parameters<typeof cells>): string[] => cells(...given).map(({ verdict }) => verdict)
const codes = (...given: Parameters<typeof cells>): string[] =>
  cells(...given).map(({ findings }) => findings.map(({ level, code }) => `${level} ${code}`).join())

describe('a statement of the old version', () => {
  it('may fail once contracted', () => {
    const found = cells('old', [ok(), ok(), ok(), fails()])
    expect(found.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(passes(found, true)).toBe(true)
  })

  it('may not fail before', () => {
    expect(passes(cells('old', [ok(), fails(), ok(), ok()]), false)).toBe(false)
    expect(passes(cells('old', [ok(), ok(), fails(), ok()]), false)).toBe(false)
  })

  it('that does not work today is unverifiable where it fails, and counts only when strict', () => {
    const found = cells('old', [fails(), fails(), ok(), fails()])
    expect(found.map(({ verdict }) => verdict)).toEqual(['unverifiable', 'unverifiable', 'ok', 'unverifiable'])
    expect(passes(found, false)).toBe(true)
    expect(passes(found, true)).toBe(false)
  })

  it('whose star gets another column counts, unless it is never kept prepared', () => {
    const results = [ok({ a: 'text' }), ok({ a: 'text', b: 'text' }), ok({ a: 'text', b: 'text' }), ok({ b: 'text' })]
    const found = cells('old', results, { sql: 'select * from users' })
    expect(found.map(({ verdict }) => verdict)).toEqual(['ok', 'changes', 'changes', 'changes'])
    expect(found[1]?.findings[0]).toMatchObject({ level: 'SHAPE', code: 'prepared-star' })
    expect(passes(found, false)).toBe(false)
    expect(passes(cells('old', results, { sql: 'select * from users', prepared: false }), true)).toBe(true)
  })

  it('whose types change is told and does not count', () => {
    const results = [
      ok({ a: 'integer' }, ['integer']),
      ok({ a: 'integer' }, ['integer']),
      ok({ a: 'bigint' }, ['bigint']),
      null,
    ]
    const found = cells('old', results)
    expect(found[2]?.findings.map(({ code, message }) => [code, message])).toEqual([
      ['result-type', 'its result changes: a was integer, is bigint'],
      ['parameter-type', 'its parameters change: number 1 was integer, is bigint'],
    ])
    expect(passes(found, true)).toBe(true)
  })
})

describe('a statement of the new version', () => {
  it('may fail today', () => {
    expect(verdicts('new', [fails(), ok(), ok(), ok()])).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(passes(cells('new', [fails(), ok(), ok(), ok()]), true)).toBe(true)
  })

  it('has to work from expanded on, or from backfilled where only then its shape is filled', () => {
    const results = [fails(), fails(), ok(), ok()]
    expect(passes(cells('new', results), false)).toBe(false)
    expect(passes(cells('new', results, { ready: 'backfilled' }), false)).toBe(true)
  })

  it('has to work once contracted', () => {
    expect(passes(cells('new', [ok(), ok(), ok(), fails()]), false)).toBe(false)
  })

  it('that fails everywhere alike is unverifiable when the shadow lacks something', () => {
    const missing = fails('42P01', 'relation "v" does not exist')
    const results = [missing, missing, missing, missing]
    expect(verdicts('new', results)).toEqual(Array(4).fill('fails'))
    expect(verdicts('new', results, { incomplete: true })).toEqual(Array(4).fill('unverifiable'))
    const other = [missing, missing, missing, fails('42P01', 'relation "w" does not exist')]
    expect(verdicts('new', other, { incomplete: true })).toEqual(Array(4).fill('fails'))
    // A table is made with all its columns, or not at all.
    expect(verdicts('new', Array(4).fill(fails()), { incomplete: true })).toEqual(Array(4).fill('fails'))
  })

  it('is compared with the first state that it is deployed in', () => {
    const results = [ok({ a: 'text' }), ok({ b: 'text' }), ok({ b: 'text' }), ok({ c: 'text' })]
    expect(codes('new', results, { sql: 'select * from users' })).toEqual(['', '', '', 'SHAPE prepared-star'])
  })
})

describe('any statement', () => {
  it('is unverifiable in a state that was not reached, which passes no check', () => {
    const found = cells('new', [ok(), ok(), ok(), null])
    expect(found.map(({ findings }) => findings.map(({ code }) => code).join())).toEqual(['', '', '', 'not-reached'])
    expect(passes(found, false)).toBe(false)
    expect(passes(cells('old', [ok(), ok(), ok(), null]), false)).toBe(true)
  })

  it('that preparing proves nothing about is unverifiable', () => {
    expect(codes('old', [ok(), ok(), ok(), ok()], { sql: 'truncate users' })[1]).toBe('NAME utility')
  })

  it('that is about the session is fine', () => {
    for (const sql of ['begin', 'set local statement_timeout = 5', 'show all', 'deallocate all']) {
      expect(verdicts('old', [ok(), ok(), ok(), ok()], { sql })).toEqual(['ok', 'ok', 'ok', 'ok'])
    }
  })

  it.each([
    ['42703', 'NAME'],
    ['42P01', 'NAME'],
    ['42702', 'NAME'],
    ['42704', 'NAME'],
    ['42804', 'TYPE'],
    ['22P02', 'TYPE'],
    ['42846', 'TYPE'],
    ['42P18', 'TYPE'],
    ['42601', 'SHAPE'],
  ])('that fails with %s has level %s', (state, level) => {
    expect(codes('old', [ok(), fails(state, 'x'), ok(), ok()])[1]).toBe(`${level} ${state}`)
  })

  it('that calls a function has the level TYPE where the function is there for other types, NAME where it is not', () => {
    const missing = fails('42883', 'function f(integer) does not exist')
    expect(codes('old', [ok(), missing, ok(), ok()])[1]).toBe('TYPE 42883')
    expect(codes('new', [missing, missing, missing, missing])[1]).toBe('NAME 42883')
    const operator = fails('42883', 'operator does not exist: text = integer')
    expect(codes('new', [operator, operator, operator, operator])[1]).toBe('TYPE 42883')
  })
})
