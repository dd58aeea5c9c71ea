import { describe, expect, test } from 'vitest'
import { commentLimit, markdownReport, marker, summaryLimit } from '../../../../src/cli/render/check/markdown.ts'
import { code, fenced, prose } from '../../../../src/cli/render/check/markdown-text.ts'
import { forbidden, type Given, hostile, hostileReport, reportOf, usual } from './sample.ts'

const many = (count: number, message: string): readonly Given[] => [
  {
    version: 'v1',
    role: 'old',
    statements: Array.from({ length: count }, (_, index) => ({ id: `s${index}`, sql: message })),
    findings: { expanded: Array.from({ length: count }, (_, index) => ({ statement: `s${index}`, message })) },
  },
]

describe('Markdown', () => {
  test('begins with the mark by which a comment is found again', () => {
    expect(markdownReport(reportOf(usual)).split('\n')[0]).toBe(marker)
  })

  test('has the matrix, and each finding with its statement', () => {
    const text = markdownReport(reportOf(usual))
    expect(text).toContain('## ❌ Compatibility check: <code>rename</code> does not pass')
    expect(text).toContain('| <code>shop v1</code> runs now | ✅ ok | ❌ fails | ❌ fails | ➖ fails (need not work) |')
    expect(text).toContain('```sql\nselect name from users\n```')
    expect(text).toContain('**What to do:** Change it.')
    expect(text).toContain('<details><summary>As it should be (1)')
  })

  test.each([commentLimit, summaryLimit(0), summaryLimit(900_000)])(
    'is never longer than a place takes: %j',
    (limit) => {
      const text = markdownReport(reportOf(many(3000, 'ü'.repeat(1000))), limit)
      expect(limit.measure(text)).toBeLessThanOrEqual(limit.size)
      const shown = text.match(/^❌ <code>s\d+/gm)?.length ?? 0
      expect(shown).toBeGreaterThan(5)
      expect(text).toContain(`_Left out: ${3000 - shown} findings. This may have ${limit.name} at most;`)
    },
  )

  test('keeps what comes to exactly the limit', () => {
    const text = markdownReport(reportOf(usual))
    const at = (size: number): string => markdownReport(reportOf(usual), { ...commentLimit, size })
    expect(at(text.length)).toBe(text)
    expect(at(text.length - 1)).toContain('_Left out: ')
    expect(at(text.length - 1).length).toBeLessThan(text.length)
  })

  test('is cut by names and statements of any length too', () => {
    const long = 'x`|'.repeat(100_000)
    expect(markdownReport(hostileReport(long)).length).toBeLessThanOrEqual(commentLimit.size)
  })

  test.each(hostile)('has as many lines, cells and fences whatever is in it: %j', (text) => {
    const found = markdownReport(hostileReport(text))
    const tame = markdownReport(hostileReport('tame'))
    const outside = (markdown: string): string => markdown.replaceAll(/^(`{3,})sql\n[\s\S]*?\n\1$/gm, 'FENCE')
    expect(forbidden(found)).toEqual([])
    expect(outside(found).split('\n').length).toBe(outside(tame).split('\n').length)
    const pipes = (markdown: string): number => outside(markdown).match(/\|/g)?.length ?? 0
    expect(pipes(found)).toBe(pipes(tame))
    expect(outside(found)).not.toMatch(/[@#](?!#* |\d+;)|!\[|\]\(|https?:\/\/|www\./)
    const tags = (markdown: string): readonly string[] => outside(markdown).match(/<\/?[a-z]+>|<!--/g) ?? []
    expect(tags(found).filter((tag) => tag !== '<br>')).toEqual(tags(tame))
  })
})

describe('text of others in Markdown', () => {
  test('calls nobody, and is no link', () => {
    expect(prose('@team see #12, https://a.example and www.a.example', 99)).toBe(
      '&#64;\u200Bteam see &#35;\u200B12, https&#58;//a.example and www&#46;a.example',
    )
  })

  test('has no pipe of its own, also behind a backslash', () => {
    expect(code('a\\|b`c\nd', 99)).toBe('<code>a&#92;&#124;b&#96;c<br>d</code>')
  })

  test('stands in a fence that is longer than any in it', () => {
    expect(fenced('a\n````\nb', 'sql', 99)).toBe('`````sql\na\n````\nb\n`````')
  })
})
