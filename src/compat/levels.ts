/** How deep a finding goes, from what is noticed first to what is noticed last. */
export type Level = 'NAME' | 'TYPE' | 'SHAPE' | 'WRITE' | 'VALUE'

const names = new Set(['42703', '42P01', '42702', '42704', '3F000'])
const types = new Set(['42804', '42883', '22P02', '42846', '42P18', '42725', '42P08', '42P38'])

/**
 * The level of an error at preparing, by SQLSTATE (manual, appendix A). A function that is there in another state of the schema
 * is there for other types; one that is nowhere is a name.
 */
export function levelOf(sqlState: string, message: string, preparesElsewhere: boolean): Level {
  if (names.has(sqlState)) return 'NAME'
  if (sqlState === '42883' && !preparesElsewhere && message.startsWith('function')) return 'NAME'
  return types.has(sqlState) ? 'TYPE' : 'SHAPE'
}
