import type { RawSql } from '../../planner/change.ts'
import { beginning } from '../../planner/lint/known.ts'
import { lintStatements } from '../../planner/lint/lint-statements.ts'
import { ignoreRules } from '../../planner/lint/rules/index.ts'
import type { LintDialect } from '../lint.ts'
import type { Context } from './context.ts'

/** Said by hazards of their own, or about the comments of a text. */
const elsewhere: ReadonlySet<string> = new Set(['unread', 'raw-sql-lock', ...ignoreRules.map(({ id }) => id)])

/** What `migrate lint` says of the author's statements, as hazards of the plan. */
export function hazardsOfRaw(context: Context, change: RawSql, read: LintDialect['read']): void {
  const { dialect } = context.catalog
  for (const phase of ['expand', 'backfill', 'contract'] as const) {
    const text = change[phase]
    const statements = text === null ? [] : read(text)
    if (text === null || 'why' in statements) continue
    const as = phase === 'contract' ? 'late' : 'step'
    const { findings } = lintStatements({ engine: dialect, text, statements, known: beginning(false, true), as })
    for (const { rule, severity, message, safe, statement } of findings) {
      if (severity === 'note' || elsewhere.has(rule)) continue
      const docs = `docs/lint.md#${rule}`
      if (context.hazards.some((own) => own.docs === docs && own.message === message)) continue
      context.hazards.push({ code: rule, severity: 'warn', statement, message, hint: safe, docs })
    }
  }
}
