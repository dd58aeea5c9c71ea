import type { RawSql } from '../../../planner/change.ts'
import { type Context, hazard } from '../../shared/context.ts'
import { arrangeRaw } from '../../shared/raw-sql.ts'
import { readMysql } from '../lint/index.ts'
import { leavesLockOpen, rawStatements } from '../raw-statements.ts'

/** Statements of the author's own. What changes rows is in a transaction with its record; everything else commits by itself. */
export function arrangeRawSql(context: Context, change: RawSql): void {
  const engines = new Map(
    context.catalog.tables.flatMap(({ name, mysql }) =>
      mysql === undefined ? [] : [[name.toLowerCase(), mysql.engine] as const],
    ),
  )
  arrangeRaw(
    context,
    change,
    (script, what) => {
      const statements = rawStatements(script, what, engines)
      for (const { text } of statements) if (leavesLockOpen(text)) hazardOfLock(context, text)
      return statements
    },
    readMysql,
  )
}

function hazardOfLock(context: Context, text: string): void {
  hazard(
    context,
    'raw-sql-lock',
    'warn',
    'this ALTER leaves it to the server how it is done, which may be a copy of the table while writers wait',
    'Say ALGORITHM=INSTANT, or LOCK=NONE: the server then refuses what it cannot do so.',
    text,
  )
}
