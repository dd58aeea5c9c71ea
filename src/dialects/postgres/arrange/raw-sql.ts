import type { RawSql } from '../../../planner/change.ts'
import type { Context } from '../../shared/context.ts'
import { arrangeRaw } from '../../shared/raw-sql.ts'
import { readPostgres } from '../lint/index.ts'
import { rawStatements } from '../raw-statements.ts'

/** Statements of the author's own. */
export function arrangeRawSql(context: Context, change: RawSql): void {
  arrangeRaw(context, change, rawStatements, readPostgres)
}
