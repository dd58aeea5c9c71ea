import { refused } from '../../../errors.ts'
import type { Table, TableRef } from '../../../planner/catalog.ts'
import { type AddForeignKey, showTable } from '../../../planner/change.ts'
import type { Action } from '../../../planner/steps.ts'
import { type Context, hazard, resolveTable, stepId } from '../../shared/context.ts'
import { pointsAtNothing } from '../../shared/foreign-key.ts'
import { lensOf } from '../../shared/lens-of.ts'
import { placeOf, tellRule } from '../../shared/rules.ts'
import { quote } from '../sql.ts'
import { requireFreeConstraint } from './add-check.ts'
import { indexSteps } from './lens-steps.ts'
import { refuseTable } from './refuse.ts'

/**
 * A foreign key: with its checks the servers add one only by a copy that stops writers. Without them it is a matter of the catalog, holds
 * for whatever is written from then on, and says nothing of the rows that are there: those are looked at before and after.
 */
export function arrangeAddForeignKey(context: Context, change: AddForeignKey): void {
  const table = resolveTable(context, change.table)
  const parent = resolveTable(context, change.references.table)
  for (const each of [table, parent]) refuseTable(context, each)
  requireFreeConstraint(context, table, change.name)
  const own = change.columns.map((column) => placeOf(context, table, column))
  const theirs = change.references.columns.map((column) => placeOf(context, parent, column))
  refuseKinds(context, table, parent, change)
  tellRule(context, table, { intent: 'addForeignKey', ...change })
  hazard(
    context,
    'foreign-key-unchecked',
    'info',
    `${change.name} is added with foreign_key_checks = 0, which alone lets others write meanwhile: the server itself never looks at the rows that are there`,
    'They are counted before and after: a row that points at nothing takes it away again. A session that sets foreign_key_checks = 0 is not held by a foreign key, before and after.',
  )
  const [ref, to] = [table, parent].map(({ schema, name }) => ({ schema, name })) as [TableRef, TableRef]
  const phase = change.enforce === 'backfill' ? 'backfill' : 'contract'
  const keys = own.map(({ after }) => after)
  if (!hasIndex(context, table, change.columns)) {
    // The server would make one of this name, and leave it behind when the foreign key goes.
    const body = `(${keys.map((key) => quote(key)).join(', ')})`
    const index = { name: change.name, unique: false, body, columns: keys, comment: null }
    context.phases[phase].push(...indexSteps(table, [index], phase))
  }
  const list = (columns: readonly { readonly after: string }[]): string =>
    columns.map(({ after }) => quote(after)).join(', ')
  const rules = [
    change.onUpdate === null ? '' : ` on update ${change.onUpdate}`,
    change.onDelete === null ? '' : ` on delete ${change.onDelete}`,
  ]
  const said = `it points at no row of ${showTable(to)} by ${change.name}`
  const self = to.schema === ref.schema && to.name === ref.name
  const base = { kind: 'constraint', transaction: true, reversible: true } as const
  const tables = self ? [ref] : [to, ref]
  // MariaDB does not wait by itself for who has deleted a row that is pointed at and has not committed: nobody would see that row miss.
  const lock: readonly Action[] =
    context.catalog.capabilities.mysql?.mariadb === true ? [{ do: 'lockTables', tables, mode: 'exclusive' }] : []
  context.phases[phase].push(
    {
      ...base,
      id: stepId(phase, table.name, change.name, 'add'),
      description: `add ${change.name}, for what is written from then on`,
      tables,
      actions: [
        ...lock,
        {
          do: 'addConstraint',
          table: ref,
          name: change.name,
          definition: `foreign key (${list(own)}) references ${quote(to.schema, to.name)} (${list(theirs)})${rules.join('')}`,
          valid: false,
          parent: to,
          comment: null,
          names: [
            { table: ref, columns: keys },
            { table: to, columns: theirs.map(({ after }) => after) },
          ],
          rule: { violated: pointsAtNothing(quote, to, own, theirs, 'before'), said },
        },
      ],
      undo: [{ transaction: true, actions: [{ do: 'dropConstraint', table: ref, name: change.name, parent: to }] }],
    },
    {
      ...base,
      id: stepId(phase, table.name, change.name, 'validate'),
      description: `look whether ${change.name} holds for the rows that are there, without blocking anybody`,
      tables,
      actions: [
        {
          do: 'validateConstraint',
          table: ref,
          name: change.name,
          parent: to,
          rule: { violated: pointsAtNothing(quote, to, own, theirs, 'after'), said },
        },
      ],
      undo: [],
    },
  )
}

/** Does an index of the table begin with these columns? One on a column that another takes the place of has its copy there. */
function hasIndex(context: Context, table: Table, columns: readonly string[]): boolean {
  const live = columns.map((column) => lensOf(context, table, column)?.old[0]?.name ?? column)
  return table.indexes.some(
    ({ keys, method }) => method === 'btree' && live.every((column, at) => keys[at]?.column === column),
  )
}

function refuseKinds(context: Context, table: Table, parent: Table, change: AddForeignKey): void {
  const { name, columns, references, onDelete, onUpdate } = change
  if (change.deferrable !== null)
    throw refused('plan.foreign-key', `${name} is deferrable, which MySQL and MariaDB do not have`)
  if (onDelete === 'set default' || onUpdate === 'set default')
    throw refused('plan.foreign-key', `${name} says SET DEFAULT, which InnoDB does not have`)
  if (change.enforce === 'expand')
    throw refused('plan.enforce', `addForeignKey with enforce: 'expand' is for PostgreSQL`, {
      hint: 'On MySQL and MariaDB a foreign key may need an index, and expand builds none. Say backfill, or leave it out.',
    })
  const setsNull = onDelete === 'set null' || onUpdate === 'set null'
  const never = setsNull ? columns.find((column) => isNeverNull(context, table, column)) : undefined
  if (never !== undefined)
    throw refused(
      'plan.foreign-key',
      `${name} says SET NULL, and ${showTable(table)}.${never} is NOT NULL once this migration is contracted`,
      { hint: 'Let the column be NULL (dropNotNull), or say another rule.' },
    )
  const moved = references.columns.find((column) => lensOf(context, parent, column) !== undefined)
  if (moved !== undefined)
    throw refused(
      'plan.combination',
      `${name} points at ${showTable(parent)}.${moved}, which the same migration replaces`,
      {
        hint: 'Put addForeignKey into a migration of its own, to be expanded once the first is completed.',
      },
    )
  if (parent.mysql !== undefined && !isKey(parent, references.columns))
    throw refused(
      'plan.foreign-key',
      `no unique index of ${showTable(parent)} is on just ${references.columns.join(', ')}, which ${name} points at`,
      { hint: 'Add one first, in a migration of its own.' },
    )
  const changes = ['cascade', 'set null'].includes(onUpdate ?? '') || onDelete === 'set null'
  const watched = context.lenses.flatMap((lens) =>
    lens.table.schema !== table.schema || lens.table.name !== table.name
      ? []
      : [
          ...(lens.kind === 'row' ? [...lens.old, ...lens.new] : [lens.column]).map((end) => end.name),
          ...lens.untouched.map((each) => each.name),
        ],
  )
  const found = columns.find((column) => watched.includes(column))
  if (!changes || found === undefined) return
  throw refused(
    'plan.cascade',
    `${name} would change ${showTable(table)}.${found} by a cascade, for which no trigger fires, while the same migration keeps it in sync`,
    { hint: 'Put addForeignKey into a migration of its own, to be expanded once the first is completed.' },
  )
}

const isKey = (table: Table, columns: readonly string[]): boolean =>
  table.indexes.some(
    ({ unique, method, keys }) =>
      unique &&
      method === 'btree' &&
      keys.length === columns.length &&
      columns.every((column, at) => keys[at]?.column === column),
  )

/** Is a column NOT NULL by the time of contract? The last word of the migration counts. */
function isNeverNull(context: Context, table: Table, column: string): boolean {
  const said = context.changes.flatMap((change): boolean[] => {
    if (!('table' in change) || change.table.name !== table.name) return []
    if (change.kind === 'addColumn' && change.column.name === column) return [!change.column.nullable]
    if (change.kind === 'nullability' && change.column === column) return [!change.nullable]
    if (change.kind === 'replaceColumn' && change.to === column && change.nullable !== null) return [!change.nullable]
    return []
  })
  const live = lensOf(context, table, column)?.old[0]?.name ?? column
  return said.at(-1) ?? table.columns.find(({ name }) => name === live)?.nullable === false
}
