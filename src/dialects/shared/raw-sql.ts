import { usageError } from '../../errors.ts'
import type { RawSql } from '../../planner/change.ts'
import type { Action, Step, UndoPart } from '../../planner/steps.ts'
import type { LintDialect } from '../lint.ts'
import { type Context, hazard, stepId } from './context.ts'
import { hazardsOfRaw } from './raw-hazards.ts'

/** A statement of an author's, and how it is tied to its record. */
export interface RawStatement {
  readonly text: string
  /** It is done together with its record, or not at all. */
  readonly transaction: boolean
  /** Outside a transaction: it must not be run twice. `partial`: where it fails, it may have done a part. */
  readonly once?: 'whole' | 'partial'
}

/** How a dialect takes a script apart. */
export type SplitRaw = (script: string, what: string) => readonly RawStatement[]

/** Statements of the author's own, each a step. Those that no transaction may hold run outside one. */
export function arrangeRaw(context: Context, change: RawSql, split: SplitRaw, read: LintDialect['read']): void {
  const undo = change.rollback === null ? null : partsOf(split, change, change.rollback)
  let first = true
  for (const phase of ['expand', 'backfill', 'contract'] as const) {
    const script = change[phase]
    if (script === null) continue
    const statements = split(script, `rawSql.${phase}`)
    requireOne(split, statements, change.probe[phase], phase)
    for (const statement of statements) {
      context.phases[phase].push(rawStep(context, phase, statement, undo === null ? null : first ? undo : [], change))
      hazardOfOnce(context, statement, change.probe[phase])
      first = false
    }
  }
  hazard(
    context,
    'raw-sql',
    'warn',
    `statements of your own are not checked: ${change.reason}`,
    'Look at them as plan prints them, and say what takes them back in rollback.',
  )
  hazardsOfRaw(context, change, read)
}

function rawStep(
  context: Context,
  phase: 'expand' | 'backfill' | 'contract',
  statement: RawStatement,
  undo: readonly UndoPart[] | null,
  change: RawSql,
): Step {
  const number = context.phases[phase].filter((step) => step.kind === 'raw').length + 1
  return {
    id: stepId(phase, 'raw', String(number)),
    kind: 'raw',
    description: change.reason,
    tables: [],
    transaction: statement.transaction,
    actions: [actionOf(statement, change.probe[phase])],
    // The first step carries the whole way back, because it is taken back last.
    undo: undo ?? [],
    // `rollback` takes back everything at once, so there is no way back from contracted to backfilled.
    reversible: undo !== null && phase !== 'contract',
  }
}

function actionOf({ text, once }: RawStatement, probe: string | null): Action {
  return { do: 'raw', sql: text, ...(once === undefined ? {} : { once }), ...(probe === null ? {} : { probe }) }
}

function partsOf(split: SplitRaw, change: RawSql, script: string): readonly UndoPart[] {
  const statements = split(script, 'rawSql.rollback')
  requireOne(split, statements, change.probe.rollback, 'rollback')
  return statements.map((statement) => ({
    transaction: statement.transaction,
    actions: [actionOf(statement, change.probe.rollback)],
  }))
}

/** A probe asks about one statement whether it is done. */
function requireOne(split: SplitRaw, statements: readonly RawStatement[], probe: string | null, phase: string): void {
  if (probe === null) return
  const what = `rawSql.probe.${phase}`
  const no = (why: string, hint: string): Error => usageError('migration.raw-sql', `${what} ${why}`, { hint })
  if (statements.length !== 1)
    throw no(
      `is a question about one statement, and ${phase} has ${statements.length}`,
      'Give each statement a rawSql of its own.',
    )
  const [query, ...more] = split(probe, what)
  if (more.length > 0 || query === undefined || !/^(select|with|values|table)\b/i.test(query.text))
    throw no('is not one query', 'Give a SELECT whose first value is true once the statement is done.')
}

function hazardOfOnce(context: Context, { text, once }: RawStatement, probe: string | null): void {
  if (once === undefined || probe !== null) return
  hazard(
    context,
    'raw-sql-once',
    'warn',
    'a runner that dies right after this statement cannot know whether it was done, and does not run it again by itself',
    'Give probe, a query that is true once it is done; or write it with IF [NOT] EXISTS where the server knows that.',
    text,
  )
}
