import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link renameColumn}. */
export interface RenameColumn {
  table: string
  from: string
  to: string
}

/** The kind registered for migration files. */
export const renameColumnKind: IntentKind<'renameColumn', RenameColumn> = intentKind(
  'renameColumn',
  z.strictObject({ table: name, from: name, to: name }),
  ({ table, from, to }) => [
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
