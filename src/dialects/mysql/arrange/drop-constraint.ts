import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type DropConstraint, type RenameConstraint, showTable } from '../../../planner/change.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import { arrangeDropIndex } from './drop-index.ts'
import { arrangeRenameIndex } from './rename-index.ts'

/** A unique constraint is its index here, and goes as that does. */
export function arrangeDropConstraint(context: Context, change: DropConstraint): void {
  requireUnique(resolveTable(context, change.table), change.name, 'to bring it back')
  arrangeDropIndex(context, { ...change, kind: 'dropIndex' })
}

/** A unique constraint is its index here, and is called as that is. */
export function arrangeRenameConstraint(context: Context, change: RenameConstraint): void {
  requireUnique(resolveTable(context, change.table), change.name, 'to give it another name, which there is not,')
  arrangeRenameIndex(context, { ...change, kind: 'renameIndex' })
}

function requireUnique(table: Table, name: string, purpose: string): void {
  const same = (other: string): boolean => other.toLowerCase() === name.toLowerCase()
  if (table.indexes.some((index) => (index.unique || index.primary) && same(index.name))) return
  const where = `${name} of ${showTable(table)}`
  const found = table.constraints.find((each) => same(each.name))
  if (found?.kind === 'foreign')
    throw refused(
      'plan.not-yet',
      `${where} is a foreign key: dropConstraint and renameConstraint of one are not there yet on MySQL and MariaDB`,
      {
        hint: `The server would add it anew ${purpose} by a copy in which writers wait, or without looking at the rows.`,
      },
    )
  if (found !== undefined)
    throw refused(
      'plan.not-online',
      `${where} is a CHECK: ${purpose} the server would copy the table and stop writers`,
      {
        hint: 'Do it by rawSql at a quiet time.',
      },
    )
  const names = [
    ...table.constraints.map((each) => each.name),
    ...table.indexes.flatMap((each) => (each.unique ? each.name : [])),
  ]
  throw refused('plan.constraint', `there is no constraint ${name} on ${showTable(table)}`, {
    hint: names.length === 0 ? 'It has none that has a name of its own.' : `It has: ${names.join(', ')}.`,
  })
}
