import { describe, expect, test } from 'vitest'
import { githubAnnotations } from '../../../../src/cli/render/check/github.ts'
import { hostile, hostileReport, reportOf, usual } from './sample.ts'

describe('annotations on GitHub', () => {
  test('stand at the lines of the statements, the worst first; without a line at the migration', () => {
    expect(githubAnnotations(reportOf(usual))).toEqual([
      '::error file=src/users.ts,line=3,title=read of shop v1 fails in expanded%2C backfilled%2C contracted::column "name" does not exist (NAME 42703)%0AChange it.',
      '::warning file=migrations/rename.ts,title=count of shop v1 changes in expanded::other (TYPE result-type)%0AChange it.',
    ])
  })

  test('are as many as are shown, and say how many are not', () => {
    const statements = Array.from({ length: 40 }, (_, index) => ({ id: `s${index}`, sql: 'x' }))
    const findings = statements.map(
      ({ id }, index) => ({ statement: id, verdict: index < 12 ? 'fails' : 'changes' }) as const,
    )
    const lines = githubAnnotations(
      reportOf([{ version: 'v', role: 'old', statements, findings: { expanded: findings } }]),
    )
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(9)
    expect(lines.filter((line) => line.startsWith('::warning'))).toHaveLength(9)
    expect(lines.at(-1)).toBe(
      '::notice title=migrate check::not shown as annotations: 3 more errors, 19 more warnings; the summary of the step has more',
    )
  })

  test('name files from the top of the repository', () => {
    const [line] = githubAnnotations(reportOf(usual, { locate: (file) => `packages/shop/${file}` }))
    expect(line).toContain('file=packages/shop/src/users.ts,line=3')
  })

  test.each(hostile)('are one command a line whatever is in it: %j', (text) => {
    for (const line of githubAnnotations(hostileReport(text))) {
      expect(line).not.toMatch(/[\r\n]/)
      expect(line).toMatch(/^::(?:error|warning|notice) (?:file=[^,:]*,line=7,)?title=[^,:]*::/)
    }
  })
})
