import { createHash } from 'node:crypto'
import { type CheckReport, type Place, type Problem, problemsOf } from './problems.ts'

/** GitHub shows so many results of an upload, and no more. */
const most = 5000

const levels = { error: 'error', warning: 'warning', note: 'note' } as const

/** What the levels mean, for the pages of rules. */
const meanings: Readonly<Record<Problem['level'], string>> = {
  NAME: 'A name that the statement uses is gone, ambiguous or unknown in a state of the migration.',
  TYPE: 'Types of the statement do not fit, or become others, in a state of the migration.',
  SHAPE: 'The columns that the statement returns or fills are others in a state of the migration.',
  WRITE: 'A row that the statement writes is not taken in a state of the migration.',
  VALUE: 'The statement means other values in a state of the migration.',
}

/**
 * A report in SARIF 2.1.0, with what code scanning of GitHub asks for: each result at a file. What is as it should be is left out:
 * nobody could ever mend it.
 */
export function sarifReport(report: CheckReport): string {
  const problems = problemsOf(report).filter(({ severity }) => severity !== 'note')
  const shown = problems.slice(0, most)
  const rules = [...new Map(shown.map((problem) => [ruleId(problem), problem])).values()]
  const ids = rules.map(ruleId)
  const cut = problems.length - shown.length
  const run = {
    tool: {
      driver: { name: 'bellows', version: report.version, semanticVersion: report.version, rules: rules.map(rule) },
    },
    automationDetails: { id: 'bellows-check/' },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: true,
        exitCode: report.result.exitCode,
        endTimeUtc: report.at,
        toolExecutionNotifications: [
          ...(cut === 0
            ? []
            : [`${cut} more results are not here: there may be ${most} at most, the worst of all are.`]),
          ...report.result.notices,
        ].map((text) => ({ level: 'note', message: { text: sound(text) } })),
      },
    ],
    results: shown.map((problem) => result(problem, ids.indexOf(ruleId(problem)), report)),
  }
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)}\n`
}

const ruleId = ({ level, code }: Problem): string => sound(`${level}/${code}`)

function rule(problem: Problem): object {
  const { level, code, severity } = problem
  return {
    id: ruleId(problem),
    name: level,
    shortDescription: { text: sound(`${level} ${code}`) },
    fullDescription: { text: meanings[level] },
    help: {
      text: `${meanings[level]} What to do is said with each result; docs/check.md explains the levels and codes.`,
    },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['compatibility', 'migration'], precision: 'high', 'problem.severity': levels[severity] },
  }
}

function result(problem: Problem, ruleIndex: number, { file, locate }: CheckReport): object {
  const { app, version, statement, states, verdict, message, hint, sql, severity } = problem
  const who = `${statement} of ${app} ${version} ${verdict} in ${states.join(', ')}`
  const place = problem.place ?? (file === null ? null : { file, line: null })
  return {
    ruleId: ruleId(problem),
    ruleIndex,
    level: levels[severity],
    message: { text: plain(sound(`${who}: ${message}${hint === null ? '' : `\n${hint}`}`)) },
    locations: [
      {
        ...(place === null ? {} : { physicalLocation: physical({ ...place, file: locate(place.file) }) }),
        logicalLocations: [{ name: sound(statement), fullyQualifiedName: sound(`${app}/${version}/${statement}`) }],
      },
    ],
    // Without the version: with each deploy it would be another finding.
    partialFingerprints: { 'bellowsFinding/v1': fingerprint([app, statement, problem.level, problem.code]) },
    properties: {
      app: sound(app),
      version: sound(version),
      statement: sound(statement),
      states,
      verdict,
      ...(sql === null ? {} : { sql: sound(sql) }),
    },
  }
}

const physical = ({ file, line }: Place): object => ({
  artifactLocation: { uri: uriOf(file) },
  region: { startLine: line ?? 1 },
})

/** A relative reference, or `file:///`; each part of the path is encoded. */
export function uriOf(file: string): string {
  const path = sound(file)
    .replace(/^(\.\/)+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
  if (/^[A-Za-z]%3A\//.test(path)) return `file:///${path.replace('%3A', ':')}`
  if (path.startsWith('//')) return `file:${path}`
  return path.startsWith('/') ? `file://${path}` : path
}

/** `[a](b)` would be a link, and `{0}` the place of an argument (3.11.6, 3.11.5). */
export const plain = (text: string): string => text.replaceAll('](', '] (').replaceAll(/\{(\d+)\}/g, '{{$1}}')

/** Halves of characters have no UTF-8, and `encodeURIComponent` throws at them. */
export const sound = (text: string): string => text.replaceAll(/[\uD800-\uDFFF]/gu, '\uFFFD')

/** The same for the same finding, whatever else changes. */
export const fingerprint = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
