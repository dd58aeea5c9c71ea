import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import type { ReplaceColumn } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { ColumnSpec } from '../../../planner/steps.ts'
import type { Context } from './context.ts'

export function replaceSteps(
  _context: Context,
  _table: Table,
  _column: Column,
  _lens: RowLens,
  _shadow: ColumnSpec,
  _change: ReplaceColumn,
): void {
  throw refused('plan.unsupported', 'changeType is not there yet on PostgreSQL')
}
