import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { lint } from '../../../../src/runner/lint/lint.ts'
import { explained, shared } from '../../../lint/differences.ts'
import { postgresExamples } from '../../../lint/postgres.ts'
import { findSquawk, type SquawkFinding, squawk } from '../../../lint/squawk.ts'
import { folderWith } from '../../migrations/folder.ts'

/*
 * squawk looks at the same files. What it finds, we find at the same statement, or a table says why not. The corpus has a
 * statement a line, so that lines say which.
 */
const command = findSquawk()
const corpus = fileURLToPath(new URL('../../../lint/corpus/', import.meta.url))

describe.skipIf(command === null)(
  'what squawk finds (npm install --no-save squawk-cli@2.66.0, or SQUAWK=<path>)',
  () => {
    it('is found here too, or the difference is explained', async () => {
      const folder = await folderWith({})
      const texts = [
        ...readdirSync(corpus).map((file) => readFileSync(join(corpus, file), 'utf8')),
        ...postgresExamples.flatMap(({ found, not = [] }) => [...found, ...not]),
      ]
      const files = texts.map((text, at) => {
        const file = join(folder, `${String(at).padStart(4, '0')}.sql`)
        writeFileSync(file, `${text}${text.trimEnd().endsWith(';') ? '' : ';'}\n`)
        return file
      })
      const theirs = await squawk(command ?? '', files)
      expect(theirs.length).toBeGreaterThan(300)
      const unexplained: string[] = []
      for (const file of files) {
        // One by one: files do not know of each other, as for squawk.
        const { findings } = await lint({ files: [file], dialect: 'postgres' })
        const text = readFileSync(file, 'utf8')
        for (const finding of theirs.filter((each) => basename(each.file) === basename(file))) {
          const statement = text.split('\n')[finding.line] ?? ''
          const wanted = shared[finding.rule_name] ?? []
          const own = findings.some(({ rule, line }) => wanted.includes(rule) && line === finding.line + 1)
          if (!own && !isExplained(finding, statement, text)) unexplained.push(`${finding.rule_name}: ${statement}`)
        }
      }
      expect([...new Set(unexplained)]).toEqual([])
    })
  },
)

const isExplained = ({ rule_name }: SquawkFinding, statement: string, text: string): boolean =>
  explained.some(
    ({ rules, where }) =>
      rules.includes(rule_name) && (where === undefined || where.test(statement) || where.test(text)),
  )
