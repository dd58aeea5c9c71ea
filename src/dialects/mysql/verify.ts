import { type RawBuilder, sql } from 'kysely'
import type { Lens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { CompileContext, Statement } from '../dialect.ts'
import { physical } from '../shared/directions.ts'
import { inRange } from './batches.ts'
import { inconsistent, inRow, keyJson } from './lens-sql.ts'
import { compileSql, tableRef } from './sql.ts'

/** What is wrong with a row. A one-sided lens promises only that a required column is not NULL. */
function wrong(lens: Lens, mode: SyncMode, stateSchema: string): string {
  if (lens.kind === 'row') return inconsistent(lens, mode, stateSchema)
  return lens.side === 'both' ? `${inRow(physical(lens.column, mode))} IS NULL` : 'FALSE'
}

function query(lens: Lens, mode: SyncMode, range: RawBuilder<unknown>, stateSchema: string): RawBuilder<unknown> {
  const table = tableRef(lens.table)
  const condition = sql.raw(wrong(lens, mode, stateSchema))
  const some = sql`select ${sql.raw(keyJson(lens, inRow))} as k from ${table} as t where ${range} and ${condition} limit 10`
  return sql`select count(*) as ${sql.id('rows')}, coalesce(sum(${condition}), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (${some}) as s) as ${sql.id('keys')} from ${table} as t where ${range}`
}

/** Compares one range, byte by byte: how many rows, how many differ, and the keys of some that do. */
export function mismatches(
  lens: Lens,
  mode: SyncMode,
  from: readonly string[] | null,
  to: readonly string[],
  context: CompileContext,
): Statement {
  return compileSql(query(lens, mode, inRange(lens, from, to), context.stateSchema))
}

/** The same with placeholders, as `plan` shows it: the first range has no lower bound. */
export function mismatchTemplates(lens: Lens, context: CompileContext): readonly Statement[] {
  const key = lens.key.map(() => '')
  return [inRange(lens, null, key), inRange(lens, key, key)].map((range) => ({
    ...compileSql(query(lens, 'final', range, context.stateSchema)),
    parameters: [],
  }))
}
