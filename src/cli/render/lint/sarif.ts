import { ignoreRules, rules } from '../../../planner/lint/rules/index.ts'
import type { FileFinding, LintResult } from '../../../runner/lint/api.ts'
import { fingerprint, plain, sound, uriOf } from '../check/sarif.ts'

/** All that a report of a run is made from. */
export interface LintReport {
  readonly result: LintResult
  /** The version of this tool. */
  readonly version: string
  /** When it was made, in ISO 8601. */
  readonly at: string
  readonly exitCode: number
  /** The path of a file as whoever shows annotations knows it: from the top of the repository. */
  readonly locate: (file: string) => string
}

/** GitHub shows so many results of an upload, and no more. */
const most = 5000

const known = [...rules, ...ignoreRules]

/** A report in SARIF 2.1.0, with what code scanning of GitHub asks for. Files that could not be read are notifications. */
export function lintSarif({ result, version, at, exitCode, locate }: LintReport): string {
  const found = result.findings.slice(0, most)
  const used = known.filter(({ id }) => found.some(({ rule }) => rule === id))
  const run = {
    tool: { driver: { name: 'bellows', version, semanticVersion: version, rules: used.map(ruleOf) } },
    automationDetails: { id: 'bellows-lint/' },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: result.unreadable.length === 0,
        exitCode,
        endTimeUtc: at,
        toolExecutionNotifications: [
          ...result.unreadable.map(({ file, line, message }) => ({
            level: 'error',
            message: { text: plain(sound(message)) },
            locations: [{ physicalLocation: physical(locate(file), line ?? 1) }],
          })),
          ...(result.findings.length > most
            ? [{ level: 'note', message: { text: `${result.findings.length - most} more results are not here.` } }]
            : []),
        ],
      },
    ],
    results: found.map((finding) =>
      resultOf(
        finding,
        used.findIndex(({ id }) => id === finding.rule),
        locate,
      ),
    ),
  }
  const document = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }
  return `${JSON.stringify(document, null, 2)}\n`
}

function ruleOf({ id, severity, title }: (typeof known)[number]): object {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title}.` },
    help: { text: `${title}. What to do is said with each result; docs/lint.md#${id} explains the rule.` },
    defaultConfiguration: { level: severity },
    properties: {
      tags: ['migration'],
      precision: 'high',
      'problem.severity': severity === 'note' ? 'recommendation' : severity,
    },
  }
}

function resultOf(finding: FileFinding, ruleIndex: number, locate: LintReport['locate']): object {
  const { rule, severity, file, line, message, hint, statement } = finding
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text: plain(sound(`${message}\n${hint}`)) },
    locations: [{ physicalLocation: physical(locate(file), line) }],
    // Without the line: what is written above it makes no other finding of it.
    partialFingerprints: { 'bellowsFinding/v1': fingerprint([rule, locate(file), statement, message]) },
  }
}

const physical = (file: string, startLine: number): object => ({
  artifactLocation: { uri: uriOf(file.replaceAll('\\', '/')) },
  region: { startLine },
})
