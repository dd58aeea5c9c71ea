import { describe, expect, test } from 'vitest'
import { htmlReport } from '../../../../src/cli/render/check/html.ts'
import { elementsOf, forbidden, hostile, hostileReport, planWith, reportOf, usual } from './sample.ts'

/** Without `<wbr>`, of which there are as many as a name has parts. */
const shape = (html: string): readonly string[] => elementsOf(html).filter((element) => element !== 'wbr')

describe('the HTML report', () => {
  test('shows matrix, findings, statements and plan', () => {
    const html = htmlReport(reportOf(usual, { plans: [planWith('alter table')] }))
    for (const id of ['matrix', 'findings', 'statements', 'plan']) expect(html).toContain(`<h2 id="${id}">`)
    expect(html).toContain('<th scope="row"><bdi>shop v1</bdi>')
    expect(html).toContain('column &quot;name&quot; does not exist')
    expect(html).toContain('<code>src/users.ts:3</code>')
    expect(html).toContain('ACCESS EXCLUSIVE<span class="soft">blocks reads and writes</span>')
  })

  test('loads nothing and runs nothing', () => {
    const html = htmlReport(hostileReport(hostile.join(' ')))
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'")
    const elements = elementsOf(html)
    expect(
      elements.filter((element) => /^(script|link|img|iframe|object|form|base)\b| (src|on\w+)\b/.test(element)),
    ).toEqual([])
    expect(html.match(/url\(|@import/g)).toBeNull()
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith('#'))).toBe(true)
  })

  test('says every verdict in words', () => {
    const badges = [
      ...htmlReport(reportOf(usual)).matchAll(/<span class="verdict [^"]*">(.*?)<\/span> ?([^<]*)<\/span>/g),
    ]
    expect(badges.length).toBeGreaterThan(10)
    expect(badges.every(([, , word]) => /^[a-z]/.test(word ?? ''))).toBe(true)
  })

  test('has a header for each column, and no table without one', () => {
    const html = htmlReport(reportOf(usual, { plans: [planWith('x')] }))
    expect(html.match(/<thead>/g)?.length).toBe(html.match(/<table /g)?.length)
    expect(html).not.toMatch(/<th>|<th class/)
  })

  test('is a page also where nothing is pending', () => {
    const html = htmlReport(reportOf([], { migration: '', notices: ['no migration is pending'] }))
    expect(html).toContain('nothing to check')
    elementsOf(html)
  })

  test.each(hostile)('stays what it is whatever is in it: %j', (text) => {
    const html = htmlReport(hostileReport(text))
    expect(forbidden(html)).toEqual([])
    expect(shape(html)).toEqual(shape(htmlReport(hostileReport('tame'))))
  })

  test('lists of very many statements only those that something was found about', () => {
    const many = Array.from({ length: 1500 }, (_, index) => ({ id: `s${index}`, sql: 'select 1' }))
    const html = htmlReport(
      reportOf([{ version: 'v', role: 'old', statements: many, findings: { expanded: [{ statement: 's7' }] } }]),
    )
    expect(html).toContain('1499 of them are not listed here')
    expect(html).not.toContain('<code>s8</code>')
  })
})
