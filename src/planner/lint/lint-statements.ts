import { type Ignore, ignoresOf } from './ignores.ts'
import { advance, type Known, tableKey } from './known.ts'
import type { Engine, Operation, ReadStatement } from './operations.ts'
import type { LintSeverity, Rule } from './rule.ts'
import { ignoreRules, ruleIds, rules } from './rules/index.ts'

/** One finding of a rule. */
export interface LintFinding {
  readonly rule: string
  readonly severity: LintSeverity
  /** From 1, in the text. */
  readonly line: number
  readonly message: string
  /** The way without that. */
  readonly safe: string
  /** The statement, as it is written. */
  readonly statement: string
}

/** What is to be looked at. */
export interface LintScript {
  readonly engine: Engine
  readonly text: string
  readonly statements: readonly ReadStatement[]
  readonly known: Known
  /** `file`: it is run as it is. `step`: each statement is a step of a plan. `late`: a step after the old version is gone. */
  readonly as: 'file' | 'step' | 'late'
}

/** What was found, and what the text has said in the end. */
export interface Linted {
  readonly findings: readonly LintFinding[]
  /** Those that an ignore with a reason leaves out. */
  readonly ignored: number
  readonly known: Known
}

/** Looks at statements one after the other, each knowing what those before have done. */
export function lintStatements(script: LintScript): Linted {
  const chosen = rules.filter((rule) => applies(rule, script))
  const once = new Set<string>()
  const found: { readonly finding: LintFinding; readonly of: ReadStatement }[] = []
  let known = script.known
  for (const statement of script.statements) {
    const own: LintFinding[] = []
    for (const operation of statement.operations) {
      for (const rule of chosen) {
        if (once.has(rule.id) || (rule.ofNewTables === undefined && isOfNewTable(operation, known))) continue
        const finding = look(rule, operation, { engine: script.engine, statement, known })
        if (finding === null || own.some((other) => isSame(other, finding))) continue
        if (rule.once === true) once.add(rule.id)
        own.push(finding)
      }
      known = advance(known, operation, statement, script.engine)
    }
    found.push(...withoutWeak(own).map((finding) => ({ finding, of: statement })))
  }
  const { kept, ignored, own } = leaveOut(found, ignoresOf(script.text, script.statements))
  return { findings: [...kept, ...own].sort((a, b) => a.line - b.line), ignored, known }
}

function applies({ engines, about, ofFiles }: Rule, { engine, as }: LintScript): boolean {
  if (!engines.includes(engine)) return false
  if (as === 'file') return true
  return ofFiles === undefined && !(as === 'late' && about === 'old version')
}

function look(rule: Rule, operation: Operation, at: Parameters<Rule['look']>[1]): LintFinding | null {
  const found = rule.look(operation, at)
  if (found === null) return null
  const { message, safe, severity = rule.severity } = found
  return { rule: rule.id, severity, line: at.statement.line, message, safe, statement: at.statement.text }
}

const isOfNewTable = (operation: Operation, { tables }: Known): boolean =>
  'table' in operation && operation.table !== null && tables.has(tableKey(operation.table))

const isSame = (one: LintFinding, other: LintFinding): boolean =>
  one.rule === other.rule && one.message === other.message

/** The server asks nothing more where an error says already that others wait. */
function withoutWeak(own: readonly LintFinding[]): readonly LintFinding[] {
  const of = (id: string): Rule | undefined => rules.find((rule) => rule.id === id)
  const strong = own.some(({ rule, severity }) => severity === 'error' && of(rule)?.about === 'lock')
  return strong ? own.filter(({ rule }) => of(rule)?.yields === undefined) : own
}

interface LeftOut {
  readonly kept: readonly LintFinding[]
  readonly ignored: number
  readonly own: readonly LintFinding[]
}

function leaveOut(
  found: readonly { readonly finding: LintFinding; readonly of: ReadStatement }[],
  ignores: readonly Ignore[],
): LeftOut {
  const used = new Set<Ignore>()
  const kept = found.filter(({ finding, of }) => {
    const fitting = ignores.filter(({ rule, statement }) => rule === finding.rule && statement === of)
    for (const ignore of fitting) used.add(ignore)
    return !fitting.some(({ reason }) => reason !== '')
  })
  const own = ignores.flatMap((ignore) => judge(ignore, used.has(ignore)))
  return { kept: kept.map(({ finding }) => finding), ignored: found.length - kept.length, own }
}

function judge({ rule, line, reason, statement }: Ignore, used: boolean): readonly LintFinding[] {
  const say = (id: string, message: string, safe: string): readonly LintFinding[] => {
    const { severity } = ignoreRules.find((own) => own.id === id) ?? { severity: 'error' as const }
    return [{ rule: id, severity, line, message, safe, statement: statement?.text ?? '' }]
  }
  if (rule === '')
    return say('ignore-without-reason', 'this ignore names no rule', 'Write `-- bellows-ignore <rule>: <reason>`.')
  if (reason === '')
    return say(
      'ignore-without-reason',
      `this ignore of ${rule} gives no reason, and ignores nothing`,
      `Write \`-- bellows-ignore ${rule}: <why it does no harm here>\`.`,
    )
  if (used) return []
  return say(
    'unused-ignore',
    ruleIds.includes(rule) ? `${rule} is not found in the statement below this ignore` : `there is no rule ${rule}`,
    'Take the ignore away, or put it right above the statement.',
  )
}
