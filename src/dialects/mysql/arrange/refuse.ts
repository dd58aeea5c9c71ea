import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import { type Context, hazard } from '../../shared/context.ts'
import { keyOf } from '../../shared/key.ts'
import { walkable } from '../keys.ts'

/** Of the servers. What stands in while a trigger is replaced has a name of ours, which is cut. */
const longest = 64

/** A new name must be free, and fit. Names of columns do not tell case apart. */
export function requireFree(table: Table, name: string): void {
  const taken = table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  if (taken !== undefined) throw refused('plan.column-exists', `${showTable(table)} already has a column ${taken.name}`)
  requireFits(name)
}

/** Names have a limit, and no space at their end. */
export function requireFits(name: string): void {
  if ([...name].length > longest || name.endsWith(' '))
    throw refused('plan.name-too-long', `the name ${name} is longer than ${longest} characters, or ends with a space`)
}

/** How often a plan adds a column in the catalog, and drops one. */
interface Columns {
  readonly added: number
  readonly dropped: number
}

/** Tables that cannot be changed without stopping writers are refused before anything is done (law 8). */
export function refuseTable(context: Context, table: Table, columns: Columns = { added: 0, dropped: 0 }): void {
  const { engine = '', compressed = false, fullText = false } = table.mysql ?? {}
  const no = (code: string, why: string, hint: string): Error => refused(code, `${showTable(table)} ${why}`, { hint })
  if (!/^innodb$/i.test(engine))
    throw no('plan.engine', `is of engine ${engine}`, 'Only InnoDB tables can be migrated.')
  if (compressed)
    throw no('plan.not-online', 'is compressed: adding a column would rebuild it', 'Change its ROW_FORMAT first.')
  if (fullText)
    throw no(
      'plan.not-online',
      'has a full-text index: adding a column would copy it and stop writers',
      'Drop that index first.',
    )
  if (table.mysql?.versioned === true)
    throw no(
      'plan.not-online',
      'is system-versioned: the server would not alter its history',
      'Drop the versioning first.',
    )
  const hashed = table.indexes.find(({ method }) => method === 'hash')
  if (hashed !== undefined)
    throw no(
      'plan.not-online',
      `has ${hashed.name}, a unique index which MariaDB keeps as a hash in a hidden column: any change would copy the table and stop writers`,
      'Drop that index first.',
    )
  const indexed = indexedVirtual(table)
  if (indexed !== undefined && context.catalog.capabilities.mysql?.generatedBlocksAlter === true)
    throw no(
      'plan.not-online',
      `has an index on ${indexed}, a virtual generated column: adding a column would copy it and stop writers`,
      'Drop that index first.',
    )
  refuseVersions(context, table, columns)
  const odd = (keyOf(table) ?? []).find(({ type }) => !walkable(type))
  if (odd !== undefined)
    throw no(
      'plan.key-type',
      `has a key of type ${odd.type}, by which it cannot be walked`,
      'Add a key of another type.',
    )
}

const isVirtual = ({ mysql }: Column): boolean => mysql?.generation?.stored === false

const indexedVirtual = (table: Table): string | undefined =>
  table.columns.find(
    (column) => isVirtual(column) && table.indexes.some(({ columns }) => columns.includes(column.name)),
  )?.name

/** A virtual column behind this one, where that keeps another from coming between without a copy. */
function virtualBehind(context: Context, table: Table, column: Column): string | null {
  if (context.catalog.capabilities.mysql?.generatedBlocksAlter !== true) return null
  return table.columns.find((other) => isVirtual(other) && other.position > column.position)?.name ?? null
}

/** The place of a new column: behind this one; at the end where the server would copy the table for another. */
export function behind(context: Context, table: Table, column: Column): { readonly after?: string } {
  return virtualBehind(context, table, column) === null ? { after: column.name } : {}
}

/** Two columns that change places have to stand side by side, so that SELECT * and an INSERT without a list mean the same. */
export function refuseApart(context: Context, table: Table, column: Column): void {
  const virtual = virtualBehind(context, table, column)
  if (virtual === null) return
  throw refused(
    'plan.not-online',
    `${showTable(table)} has a virtual generated column ${virtual} behind ${column.name}: to put another beside it would copy the table and stop writers`,
    { hint: `Give the new column a name of its own (as), or drop ${virtual} first.` },
  )
}

/** What is made from a column by the server: a generated column, or an index of an expression. */
function madeFrom(table: Table, column: Column): string | undefined {
  const generated = table.columns.find(({ mysql }) => mysql?.generation?.reads.includes(column.name) === true)
  if (generated !== undefined) return `generated column ${generated.name}`
  const index = table.indexes.find(
    ({ keys, columns }) =>
      columns.includes(column.name) && keys.some((key) => key.column === null && key.expression === ''),
  )
  return index === undefined ? undefined : `index ${index.name} of an expression`
}

/**
 * MySQL adds and drops columns in the catalog so many times; then the table has to be made anew. A drop may do that, where the version
 * does not lose rows in it. A column is added under a lock that nobody may wait for so long.
 */
function refuseVersions(context: Context, table: Table, { added, dropped }: Columns): void {
  const { maxRowVersions: limit = null, rebuildLosesRows = false } = context.catalog.capabilities.mysql ?? {}
  const { rowVersions = 0 } = table.mysql ?? {}
  if (limit === null) return
  const said = `${showTable(table)} had columns added or dropped ${rowVersions} times since it was last made anew, of ${limit} that are possible`
  if (rowVersions + added + (rebuildLosesRows ? dropped : 0) > limit)
    throw refused('plan.row-versions', said, { hint: 'Rebuild it first, at a quiet time: OPTIMIZE TABLE.' })
  if (rowVersions + added + dropped > limit)
    hazard(
      context,
      'row-versions',
      'info',
      `${said}: dropping the column makes the table anew, while others write`,
      'OPTIMIZE TABLE at a quiet time sets the count to 0.',
    )
}

/** Columns that the servers do not rename, or change behind the triggers' back. */
export function refuseColumn(context: Context, table: Table, column: Column): void {
  const where = `${showTable(table)}.${column.name}`
  const named = table.constraints.find((found) => found.kind === 'check' && found.columns.includes(column.name))
  if (named !== undefined && context.catalog.capabilities.mysql?.namedBlocksRename === true) {
    throw refused('plan.named-in-check', `MySQL renames no column that a CHECK names: ${named.name} names ${where}`, {
      hint: 'Drop the CHECK first, and add it again under the new name after contract.',
    })
  }
  const made = madeFrom(table, column)
  if (made !== undefined && context.catalog.capabilities.mysql?.namedBlocksRename === true) {
    throw refused(
      'plan.made-from',
      `MySQL renames no column that something is made from: ${made} is made from ${where}`,
      {
        hint: 'Drop that first, and add it again under the new name after contract.',
      },
    )
  }
  refuseCascade(table, column)
  if (column.identity !== null)
    throw refused('plan.auto-increment', `${where} is AUTO_INCREMENT, which is not there yet on MySQL and MariaDB`)
  if (keyOf(table)?.some(({ name }) => name === column.name))
    throw refused('plan.primary-key', `${where} is part of the key, which is not there yet on MySQL and MariaDB`)
}

/** No trigger fires for what a foreign key does by itself. */
export function refuseCascade(table: Table, column: Column): void {
  const cascading = table.constraints.find(
    (found) =>
      found.kind === 'foreign' &&
      found.columns.includes(column.name) &&
      /ON UPDATE (CASCADE|SET)|ON DELETE SET/.test(found.references?.rules ?? ''),
  )
  if (cascading !== undefined) {
    throw refused(
      'plan.cascade',
      `${cascading.name} changes ${showTable(table)}.${column.name} by a cascade, for which no trigger fires`,
      {
        hint: 'Make it ON UPDATE RESTRICT and ON DELETE RESTRICT or CASCADE first.',
      },
    )
  }
}

/** What else hangs on a column that another one takes the place of, or that goes: online, none of it can move to another column. */
export function refuseTies(table: Table, column: Column, what: string): void {
  const where = `${showTable(table)}.${column.name}`
  const no = (code: string, tie: string, hint: string): Error => refused(code, `${where} ${what}, and ${tie}`, { hint })
  const check = table.constraints.find((found) => found.kind === 'check' && found.columns.includes(column.name))
  if (check !== undefined)
    throw no(
      'plan.named-in-check',
      `CHECK ${check.name} names it: to add one anew is to copy the table and stop writers`,
      'Drop the CHECK first.',
    )
  const made = madeFrom(table, column)
  if (made !== undefined) throw no('plan.made-from', `${made} is made from it`, 'Drop that first.')
  const key = table.constraints.find((found) => found.kind === 'foreign' && found.columns.includes(column.name))
  if (key !== undefined)
    throw no('plan.foreign-key', `foreign key ${key.name} is on it`, 'Drop that foreign key first.')
  const pointing = table.foreignKeysIn.find((found) => found.references?.columns.includes(column.name))
  if (pointing !== undefined)
    throw no(
      'plan.referenced',
      `foreign key ${pointing.name} of ${showTable(pointing.table)} points at it`,
      'Drop that foreign key first.',
    )
  const odd = table.indexes.find((index) => index.method !== 'btree' && index.columns.includes(column.name))
  if (odd !== undefined)
    throw no('plan.index-kind', `${odd.method} index ${odd.name} is on it`, 'Drop that index first.')
}
