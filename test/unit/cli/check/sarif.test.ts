import { describe, expect, test } from 'vitest'
import { sarifReport, uriOf } from '../../../../src/cli/render/check/sarif.ts'
import { forbidden, hostile, hostileReport, reportOf, usual } from './sample.ts'

const runOf = (report: Parameters<typeof sarifReport>[0]) => JSON.parse(sarifReport(report)).runs[0]

describe('SARIF', () => {
  test('has a result for each finding that is to be mended, at its line', () => {
    const log = JSON.parse(sarifReport(reportOf(usual)))
    expect(log).toMatchObject({ version: '2.1.0', $schema: 'https://json.schemastore.org/sarif-2.1.0.json' })
    const [run] = log.runs
    expect(run.tool.driver).toMatchObject({ name: 'bellows', version: '1.2.3' })
    expect(run.results).toHaveLength(2)
    expect(run.results[0]).toMatchObject({
      ruleId: 'NAME/42703',
      ruleIndex: 0,
      level: 'error',
      message: {
        text: 'read of shop v1 fails in expanded, backfilled, contracted: column "name" does not exist\nChange it.',
      },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'src/users.ts' }, region: { startLine: 3 } } }],
    })
    expect(run.results[1]).toMatchObject({ level: 'warning' })
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['NAME/42703', 'TYPE/result-type'])
  })

  test('names the migration where a statement says no place: code scanning refuses a result without a file', () => {
    const { results } = runOf(reportOf(usual))
    expect(results[1].locations[0].physicalLocation.artifactLocation.uri).toBe('migrations/rename.ts')
  })

  test('is about the same finding when the version is another one', () => {
    const of = (version: string) => runOf(reportOf([{ ...usual[0]!, version }])).results[0].partialFingerprints
    expect(of('v1')).toEqual(of('v7'))
  })

  test('has 5,000 results at most, the worst ones, and says how many more there were', () => {
    const statements = Array.from({ length: 6000 }, (_, index) => ({ id: `s${index}`, sql: 'x' }))
    const findings = statements.map(
      ({ id }, index) => ({ statement: id, verdict: index < 3000 ? 'changes' : 'fails' }) as const,
    )
    const run = runOf(reportOf([{ version: 'v', role: 'old', statements, findings: { expanded: findings } }]))
    expect(run.results).toHaveLength(5000)
    expect(run.results[2999].level).toBe('error')
    expect(run.results[3000].level).toBe('warning')
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toContain('1000 more results are not here')
  })

  test.each(hostile)('is JSON with proper references whatever is in it: %j', (text) => {
    const run = runOf(hostileReport(text))
    expect(run.results).toHaveLength(3)
    const uri: string = run.results[0].locations[0].physicalLocation.artifactLocation.uri
    expect(uri).toMatch(/^[A-Za-z0-9\-._~!$&'()*+,;=:@/%]+$/)
    expect(forbidden(run.results[0].properties.sql).filter((found) => /[\uD800-\uDFFF]/.test(found))).toEqual([])
    expect(run.results[0].message.text).not.toMatch(/\]\(/)
  })

  test.each([
    ['src/my users.ts', 'src/my%20users.ts'],
    ['./src/a#b?.ts', 'src/a%23b%3F.ts'],
    ['/abs/a.ts', 'file:///abs/a.ts'],
    ['C:/src/a.ts', 'file:///C:/src/a.ts'],
    ['../up.ts', '../up.ts'],
  ])('refers to %s as %s', (file, uri) => {
    expect(uriOf(file)).toBe(uri)
  })
})
