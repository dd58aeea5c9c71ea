import type { Level } from '../check.ts'

// Unknown or ambiguous column, unknown table, database, function, a view of what is gone.
const names = new Set(['1054', '1052', '1146', '1109', '1051', '1049', '1305', '1356', '1630', '1128', '1166'])
// Mixed collations, values and arguments of a wrong type.
const types = new Set(['1267', '1270', '1271', '1210', '1525', '1366', '1292', '3141', '3146', '1411', '4078', '4079'])
// No default, NULL, a generated column, a CHECK, a view that takes no writes, a trigger that uses its own table.
const writes = new Set(['1364', '1048', '1442', '3105', '1906', '3819', '4025', '1471', '1348', '1288', '1423', '1362'])

/** The level of an error by its number (the servers' manuals, "Server Error Message Reference", "MariaDB Error Codes"). */
export function levelOf(code: string): Level {
  if (names.has(code)) return 'NAME'
  if (types.has(code)) return 'TYPE'
  return writes.has(code) ? 'WRITE' : 'SHAPE'
}

// A table comes with all its columns, or not at all.
const ofMissing = new Set(['1146', '1109', '1049', '1305', '1356', '1128'])

/** The number says that something is not there which the shadow may lack. */
export const isMissing = (code: string): boolean => ofMissing.has(code)

/** Whatever the values are, the statement fails: it shows when it is executed, and not when it is prepared. */
export const isOfSchema = (code: string): boolean =>
  names.has(code) || ['1364', '1136', '1442', '3105', '1906', '1471', '1348', '1288', '1423'].includes(code)
