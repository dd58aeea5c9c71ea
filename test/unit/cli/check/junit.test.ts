import { describe, expect, test } from 'vitest'
import { junitReport } from '../../../../src/cli/render/check/junit.ts'
import { elementsOf, forbidden, hostile, hostileReport, reportOf, usual } from './sample.ts'

describe('JUnit', () => {
  test('has a suite for each version in each state, a test for each statement', () => {
    const xml = junitReport(reportOf(usual))
    expect(xml).toContain('<testsuites name="migrate check rename" tests="12" failures="2" errors="0">')
    expect(xml).toContain('<testsuite name="shop v1: expanded" tests="2" failures="1" errors="0" skipped="0">')
    expect(xml).toContain(
      '<testcase classname="shop v1.expanded" name="read" file="src/users.ts" line="3"><failure type="NAME 42703" message="column &quot;name&quot; does not exist">column &quot;name&quot; does not exist\nChange it.\nat src/users.ts:3\n\nselect name from users</failure></testcase>',
    )
  })

  test('skips what need not work or says nothing, and passes what only changes', () => {
    const xml = junitReport(reportOf(usual))
    expect(xml).toContain('<testsuite name="shop v1: contracted" tests="2" failures="0" errors="0" skipped="1">')
    expect(xml).toContain('name="count"><system-out>other\nChange it.</system-out></testcase>')
    const unverifiable = [{ ...usual[0]!, findings: { before: [{ verdict: 'unverifiable' as const }] } }]
    expect(junitReport(reportOf(unverifiable))).toContain('failures="0" errors="0" skipped="1"')
    expect(junitReport(reportOf(unverifiable, { strict: true }))).toContain('failures="1" errors="0" skipped="0"')
  })

  test('has a test for what is found of no listed statement, such as a command', () => {
    const failed = [{ ...usual[0]!, findings: { before: [{ statement: '(command)', verdict: 'fails' as const }] } }]
    const xml = junitReport(reportOf(failed))
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="0"')
    expect(xml).toContain('name="(command)"')
  })

  test('has a test also where nothing is pending: an empty file is a broken one to some', () => {
    const xml = junitReport(reportOf([], { migration: '', notices: ['no migration is pending'] }))
    expect(elementsOf(xml)).toHaveLength(4)
    expect(xml).toContain('<skipped>no migration is pending</skipped>')
  })

  test.each(hostile)('is well-formed whatever is in it: %j', (text) => {
    const xml = junitReport(hostileReport(text))
    expect(forbidden(xml)).toEqual([])
    expect(elementsOf(xml)).toEqual(elementsOf(junitReport(hostileReport('tame'))))
  })
})
