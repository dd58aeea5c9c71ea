import { temporary } from '../../errors.ts'
import type { Action, IndexSpec, UniqueRule } from '../../planner/steps.ts'
import type { Session } from '../dialect.ts'
import { errorNumber } from './driver-errors.ts'
import { duplicates } from './questions.ts'

/**
 * What the failure of an action is. A unique index that is built beside writers also fails (1062) where a row was double for a
 * moment only, as an upsert makes one before it finds the key (manual, "Online DDL Limitations"). Where none is, the build may be
 * tried again.
 */
export async function asFound(session: Session, action: Action, error: unknown): Promise<unknown> {
  if (action.do !== 'createIndex' || errorNumber(error) !== 1062) return error
  const rule = ruleOf(action.index)
  if (rule === null) return error
  // Which ones they are does not matter here.
  const question = duplicates(action.table, rule, '1', ['min'])
  const [found] = (await session.query<{ count: unknown }>(question)).rows
  if (Number(found?.count) > 0) return error
  const name = rule.called ?? action.index.name
  return temporary('database.serialization', `a row was double in ${name} for a moment, while the index was built`, {
    hint: 'The same command builds it again. Where upserts never pause, do it when there are fewer.',
    cause: error,
  })
}

/** A copy whose values are apart when the original's are says no rule, but its columns. */
function ruleOf({ rule, columns = [] }: IndexSpec): UniqueRule | null {
  return rule ?? (columns.length === 0 ? null : { keys: columns, where: null })
}
