import type { LintDialect, Unparsable } from '../../dialects/lint.ts'
import { beginning, carried, type Known } from '../../planner/lint/known.ts'
import { type Linted, type LintFinding, lintStatements } from '../../planner/lint/lint-statements.ts'
import type { Engine, ReadStatement } from '../../planner/lint/operations.ts'
import type { Layout } from './layout.ts'

/** What looking at a text gave. */
export type Looked =
  | { readonly unparsable: Unparsable }
  | {
      readonly findings: readonly LintFinding[]
      readonly ignored: number
      readonly statements: number
      readonly known: Known
    }

/** Looks at a `.sql` file, knowing what files before it said. */
export function lookAtFile(
  dialect: LintDialect,
  engine: Engine,
  { text, transaction }: Layout,
  before: Known | null,
): Looked {
  const statements = dialect.read(text)
  if (isUnparsable(statements)) return { unparsable: statements }
  // What a tool opens around a file is of no use on MySQL and MariaDB.
  const inTransaction = engine === 'postgres' && opens(transaction, statements)
  const known = before === null ? beginning(inTransaction, false) : carried(before, inTransaction, false)
  return seen(lintStatements({ engine, text, statements, known, as: 'file' }), statements)
}

/** Looks at a script of rawSql: each statement is a step, under a lock timeout of ours. */
export function lookAtSteps(
  dialect: LintDialect,
  engine: Engine,
  text: string,
  as: 'step' | 'late',
  known: Known = beginning(false, true),
): Looked {
  const statements = dialect.read(text)
  if (isUnparsable(statements)) return { unparsable: statements }
  return seen(lintStatements({ engine, text, statements, known, as }), statements)
}

const seen = ({ findings, ignored, known }: Linted, statements: readonly ReadStatement[]): Looked => ({
  findings,
  ignored,
  statements: statements.length,
  known,
})

const isUnparsable = (read: readonly ReadStatement[] | Unparsable): read is Unparsable => 'why' in read

function opens(transaction: Layout['transaction'], statements: readonly ReadStatement[]): boolean {
  if (transaction === 'when several') return statements.length > 1
  if (transaction === 'unless concurrent') return !statements.some(isConcurrent)
  return transaction === 'yes'
}

const isConcurrent = ({ operations }: ReadStatement): boolean =>
  operations.some((own) => 'concurrently' in own && own.concurrently)
