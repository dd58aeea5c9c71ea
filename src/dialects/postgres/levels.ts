import type { Level } from '../check.ts'

const names = new Set(['42703', '42P01', '42702', '42704', '3F000'])
const types = new Set(['42804', '42883', '22P02', '42846', '42P18', '42725', '42P08', '42P38'])
// NULL where a value has to be, no unique index for ON CONFLICT, a view that takes no rows, a generated column.
const writes = new Set(['23502', '42P10', '55000', '428C9'])

/**
 * The level of an error by SQLSTATE (manual, appendix A). A function that is there in another state of the schema
 * is there for other types; one that is nowhere is a name.
 */
export function levelOf(sqlState: string, message: string, worksElsewhere: boolean): Level {
  if (names.has(sqlState)) return 'NAME'
  if (sqlState === '42883' && !worksElsewhere && message.startsWith('function')) return 'NAME'
  if (writes.has(sqlState)) return 'WRITE'
  return types.has(sqlState) ? 'TYPE' : 'SHAPE'
}

// A relation, function, type, schema or cast. A table comes with all its columns, or not at all.
const ofMissing = new Set(['42P01', '42883', '42704', '3F000', '42846'])

/** The SQLSTATE says that something is not there which the shadow may lack. */
export const isMissing = (sqlState: string): boolean => ofMissing.has(sqlState)
