import { describe, expect, test } from 'vitest'
import { placeOf, problemsOf, summaryOf } from '../../../../src/cli/render/check/problems.ts'
import { reportOf, usual } from './sample.ts'

describe('the findings of a check', () => {
  test('stand once for all states, the worst first, with the statement and its place', () => {
    const found = problemsOf(reportOf(usual))
    expect(found.map(({ severity, version, statement, states }) => [severity, version, statement, states])).toEqual([
      ['error', 'v1', 'read', ['expanded', 'backfilled', 'contracted']],
      ['warning', 'v1', 'count', ['expanded']],
      ['note', 'v2', 'read', ['before']],
    ])
    expect(found[0]).toMatchObject({ sql: 'select name from users', place: { file: 'src/users.ts', line: 3 } })
  })

  test('that nothing can be said about fail only a strict check', () => {
    const given = [{ ...usual[0]!, findings: { expanded: [{ verdict: 'unverifiable' as const }] } }]
    expect(problemsOf(reportOf(given))[0]?.severity).toBe('warning')
    expect(problemsOf(reportOf(given, { strict: true }))[0]?.severity).toBe('error')
  })

  test('have a hint for where the version has to work', () => {
    const findings = { before: [{ hint: 'As it should be.' }], contracted: [{ hint: 'Correct it.' }] }
    const [one] = problemsOf(reportOf([{ ...usual[1]!, findings }]))
    expect(one).toMatchObject({ severity: 'error', hint: 'Correct it.', states: ['before', 'contracted'] })
  })

  test.each([
    ['src/users.ts:12', 'src/users.ts', 12],
    ['src/users.ts:12:5', 'src/users.ts', 12],
    ['C:\\src\\users.ts:12', 'C:/src/users.ts', 12],
    ['src/users.ts', 'src/users.ts', null],
    ['users.ts:0', 'users.ts', null],
    [':12', ':12', null],
  ])('are at the place that %s says', (source, file, line) => {
    expect(placeOf(source)).toEqual({ file, line })
  })

  test.each([
    [usual, '1 finding fails the check. 1 more is a warning.'],
    [[usual[1]!], 'Every version works in every state in which it has to.'],
    [[], 'Nothing was checked.'],
  ])('are summed up', (versions, text) => {
    const report = reportOf(versions)
    expect(summaryOf(report.result, problemsOf(report))).toBe(text)
  })
})
