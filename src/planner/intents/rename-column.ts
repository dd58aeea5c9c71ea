import { z } from 'zod'
import { parseTableName, type Visible } from '../change.ts'
import { type IntentKind, intentKind, name, visible } from './intent.ts'

/** Parameters of {@link renameColumn}. */
export interface RenameColumn {
  table: string
  from: string
  to: string
  /**
   * On MySQL and MariaDB: from when on `SELECT *` and an INSERT without a list of columns see the new column. Unless said, it is
   * decided from the statements of both versions, where they are given, and else `backfilled`.
   */
  visible?: Visible | undefined
}

/** The kind registered for migration files. */
export const renameColumnKind: IntentKind<'renameColumn', RenameColumn> = intentKind(
  'renameColumn',
  z.strictObject({ table: name, from: name, to: name, visible: visible.optional() }),
  ({ table, from, to, visible: seen }) => [
    {
      kind: 'replaceColumn',
      table: parseTableName(table),
      from,
      to,
      sameName: false,
      identity: true,
      type: null,
      up: null,
      down: null,
      onError: null,
      nullable: null,
      default: null,
      visible: seen ?? 'auto',
    },
  ],
)

/**
 * Gives a column another name. Both names work, for reads and writes, from expand to contract.
 *
 * @example
 * ```ts
 * renameColumn({ table: 'users', from: 'name', to: 'full_name' })
 * ```
 */
export function renameColumn(parameters: RenameColumn): { readonly renameColumn: RenameColumn } {
  return { renameColumn: parameters }
}
