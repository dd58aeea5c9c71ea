import { readFile } from 'node:fs/promises'
import type { LintDialect } from '../../dialects/lint.ts'
import { lintOf } from '../../dialects/open.ts'
import { isBellowsError, usageError } from '../../errors.ts'
import type { Known } from '../../planner/lint/known.ts'
import type { LintFinding } from '../../planner/lint/lint-statements.ts'
import { ruleIds } from '../../planner/lint/rules/index.ts'
import type { FileFinding, LintOptions, LintResult, Unreadable } from './api.ts'
import { filesOf, type LintFile } from './files.ts'
import { layoutOf } from './layout.ts'
import { lookAtMigration } from './migration.ts'
import { lookAtFile } from './script.ts'

interface Tally {
  readonly findings: FileFinding[]
  readonly skipped: { file: string; why: string }[]
  readonly unreadable: Unreadable[]
  files: number
  statements: number
  ignored: number
  known: Known | null
}

/**
 * Looks at SQL files, and at what rawSql of migrations runs, without a database. What cannot be parsed does not end it: it is
 * in `unreadable`.
 *
 * @example
 * ```ts
 * const { errors, findings } = await lint({ files: ['db/migrations'], dialect: 'postgres' })
 * ```
 * @throws BellowsError exit 2 for a file or folder that is not there, nothing to look at, or a rule that there is not.
 */
export async function lint(options: LintOptions): Promise<LintResult> {
  const { dialect: engine, exclude = [] } = options
  const unknown = exclude.find((rule) => !ruleIds.includes(rule))
  if (unknown !== undefined)
    throw usageError('lint.rule', `there is no rule ${unknown}`, { hint: `There are ${ruleIds.join(', ')}.` })
  const files = await filesOf(options.files, options.migrations)
  if (files.length === 0)
    throw usageError('lint.nothing', 'there is nothing to look at', {
      hint: 'Name .sql files, folders of them, or migration files; or the migrations folder by --dir.',
    })
  const dialect = await lintOf(engine === 'postgres' ? 'postgres' : 'mysql')
  const tally: Tally = {
    findings: [],
    skipped: [],
    unreadable: [],
    files: 0,
    statements: 0,
    ignored: 0,
    known: null,
  }
  for (const file of files) {
    options.signal?.throwIfAborted()
    if (file.kind === 'sql') await takeSql(tally, file, dialect, engine)
    else await takeMigration(tally, file, dialect, engine)
  }
  return resultOf(tally, engine, exclude)
}

function resultOf(tally: Tally, dialect: LintResult['dialect'], exclude: readonly string[]): LintResult {
  const { files, statements, ignored, skipped, unreadable } = tally
  const findings = tally.findings.filter(({ rule }) => !exclude.includes(rule))
  const count = (severity: string): number => findings.filter((own) => own.severity === severity).length
  return {
    dialect,
    files,
    statements,
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
    findings,
    ignored,
    skipped,
    unreadable,
  }
}

async function takeSql(
  tally: Tally,
  { path, file }: LintFile,
  dialect: LintDialect,
  engine: LintResult['dialect'],
): Promise<void> {
  const source = await textOf(path).catch((error: Error) => error)
  if (typeof source !== 'string') {
    tally.unreadable.push({ file, line: null, message: source.message })
    return
  }
  const layout = layoutOf(file, source)
  if (layout.skipped !== null) {
    tally.skipped.push({ file, why: layout.skipped })
    return
  }
  const looked = lookAtFile(dialect, engine, layout, tally.known)
  tally.files++
  if ('unparsable' in looked) {
    tally.unreadable.push({ file, line: looked.unparsable.line, message: looked.unparsable.why })
    return
  }
  tally.statements += looked.statements
  tally.ignored += looked.ignored
  tally.known = looked.known
  tally.findings.push(...looked.findings.map((finding) => atFile(finding, file)))
}

async function textOf(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
}

async function takeMigration(
  tally: Tally,
  { path, file }: LintFile,
  dialect: LintDialect,
  engine: LintResult['dialect'],
): Promise<void> {
  tally.files++
  try {
    const looked = await lookAtMigration(dialect, engine, path)
    tally.statements += looked.statements
    tally.ignored += looked.ignored
    tally.findings.push(...looked.findings.map((finding) => atFile(finding, file)))
    tally.unreadable.push(...looked.unparsable.map(({ line, why }) => ({ file, line, message: why })))
  } catch (error) {
    if (!isBellowsError(error) || error.exitCode !== 2) throw error
    const { line } = error.details
    tally.unreadable.push({ file, line: typeof line === 'number' ? line : null, message: error.message })
  }
}

function atFile({ rule, severity, line, message, safe, statement }: LintFinding, file: string): FileFinding {
  return {
    rule,
    severity,
    file,
    line,
    message,
    hint: safe,
    statement: beginningOf(statement),
    docs: `docs/lint.md#${rule}`,
  }
}

const secret = /\b(password|identified\s+(?:with\s+\S+\s+)?(?:by|as))(\s*=?\s*)('(?:[^'\\]|\\.|'')*'|"[^"]*"|\S+)/gi

/** Enough to know it again; nothing of a password. */
function beginningOf(statement: string): string {
  const [first = ''] = statement.replaceAll(secret, '$1$2***').split('\n')
  return first.length > 120 ? `${first.slice(0, 119)}…` : first
}
