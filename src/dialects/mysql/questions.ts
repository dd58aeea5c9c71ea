import { sql } from 'kysely'
import type { Catalog } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { Plan } from '../../planner/plan.ts'
import type { CompileContext, FailureKey, LossQuestion, Session, Statement, Violation } from '../dialect.ts'
import { compileSql } from './sql.ts'

/** Is the row of this key still one whose value cannot be converted? A copy always can. */
export function failureOpen(_lens: Lens, _failure: FailureKey, _context: CompileContext): Statement {
  return compileSql(sql`select 1 = 0 as open`)
}

/** The rules that contract enforces and that the old version may have violated until then. */
export function violations(_plan: Plan, _catalog: Catalog): readonly Violation[] {
  return []
}

/** Rows that only the new shape can represent: none, while a shape is a copy of the other. */
export function losses(_plan: Plan, _catalog: Catalog, _context: CompileContext): readonly LossQuestion[] {
  return []
}

/** Rows of the hidden old column without a value: none, while it is a copy. */
export function undoBlockers(_plan: Plan): readonly LossQuestion[] {
  return []
}

/** Nothing that is copied raises. */
export async function sampleRaising(_session: Session, _lens: Lens): Promise<null> {
  return null
}
