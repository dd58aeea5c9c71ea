import type { TableRef } from '../../planner/catalog.ts'
import type { Lock } from '../dialect.ts'
import { quote } from './sql.ts'

/** PostgreSQL's table locks, weakest first (manual, 13.3.1), by what they keep others from doing. */
const modes = {
  'ACCESS SHARE': [false, false],
  'ROW SHARE': [false, false],
  'ROW EXCLUSIVE': [false, false],
  'SHARE UPDATE EXCLUSIVE': [false, false],
  'SHARE ROW EXCLUSIVE': [false, true],
  'ACCESS EXCLUSIVE': [true, true],
} as const

/** A lock mode of PostgreSQL. */
export type LockMode = keyof typeof modes

/** A lock on a table, with what it blocks. */
export function lock(table: TableRef, mode: LockMode): Lock {
  const [blocksReads, blocksWrites] = modes[mode]
  return { relation: quote(table.schema, table.name), mode, blocksReads, blocksWrites }
}
