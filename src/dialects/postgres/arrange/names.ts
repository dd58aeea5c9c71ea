import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import { cutBytes, maxNameBytes } from '../../../planner/naming.ts'

/** A new name must be free, and fit. */
export function requireFree(table: Table, name: string): void {
  // System columns (manual, 5.6) are not listed, and their names are taken too.
  const system = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']
  if (system.includes(name) || table.columns.some((column) => column.name === name)) {
    throw refused('plan.column-exists', `${showTable(table)} already has a column ${name}`)
  }
  requireFits(name)
}

/** PostgreSQL cuts longer names silently, and two of them then become one. */
export function requireFits(name: string): void {
  if (cutBytes(name, maxNameBytes) !== name) {
    throw refused('plan.name-too-long', `the name ${name} is longer than ${maxNameBytes} bytes`, {
      hint: 'The server would cut it silently.',
    })
  }
}

/** The columns of a typed table are those of its type: none can come, go or change its name. */
export function refuseTyped(table: Table): void {
  if (table.ofType === undefined) return
  throw refused('plan.table-kind', `${showTable(table)} is a table of type ${table.ofType}, which says its columns`, {
    hint: 'Run: ALTER TABLE ... NOT OF. It stays as it is, and its columns are its own then.',
  })
}

/** Row security would silently hide rows from the backfill and the verification. */
export function checkRowSecurity(table: Table): void {
  if (table.rowSecurity !== 'forced') return
  throw refused('plan.row-security', `${showTable(table)} forces row security, also on its owner`, {
    hint: 'The backfill would see only some rows. Run as a role with BYPASSRLS after ALTER TABLE ... NO FORCE ROW LEVEL SECURITY.',
  })
}
