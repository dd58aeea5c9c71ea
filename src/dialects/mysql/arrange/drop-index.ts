import { refused } from '../../../errors.ts'
import type { Index, Table } from '../../../planner/catalog.ts'
import { type DropIndex, showTable } from '../../../planner/change.ts'
import type { Action, IndexSpec, Step } from '../../../planner/steps.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import { dropId, hazardOfRule, refuseBeside, refuseKeyIndex, refuseNewKeys, resolveIndex } from '../../shared/named.ts'
import { copyOfIndex, ruleOfIndex } from './copies.ts'
import { refuseTable } from './refuse.ts'

/**
 * An index is hidden from the optimizer at contract, and goes at purge: until then the way back shows it again at once. One that is
 * unique would go on refusing rows while it is hidden, so it goes at contract, and the way back builds it again.
 */
export function arrangeDropIndex(context: Context, change: DropIndex): void {
  const table = resolveTable(context, change.table)
  refuseTable(context, table)
  const index = resolveIndex(context, table, change.name, true)
  refuseBeside(context, table, index)
  refuseKeyIndex(context, table, index)
  refuseNeeded(context, table, index)
  refuseNewKeys(context, table, index, true)
  if (index.unique) {
    hazardOfRule(context, table, index.name)
    context.phases.contract.push(dropStep(table, index, 'contract'))
    return
  }
  if (index.hidden !== true) context.phases.contract.push(hideStep(context, table, index))
  context.phases.purge.push(dropStep(table, index, 'purge'))
}

function hideStep(context: Context, table: Table, index: Index): Step {
  const ref = { schema: table.schema, name: table.name }
  const word = context.catalog.capabilities.mysql?.mariadb === true ? 'ignored' : 'visible'
  const hide = (hidden: boolean): Action => ({ do: 'hideIndex', table: ref, name: index.name, hidden, word })
  return {
    id: dropId('contract', table, 'index', index.name),
    kind: 'index',
    description: `hide index ${index.name} from the optimizer: catalog only`,
    tables: [ref],
    transaction: true,
    actions: [hide(true)],
    undo: [{ transaction: true, actions: [hide(false)] }],
    reversible: true,
  }
}

function dropStep(table: Table, index: Index, phase: 'contract' | 'purge'): Step {
  const ref = { schema: table.schema, name: table.name }
  const build = (): Action => ({ do: 'createIndex', table: ref, index: specOf(table, index), concurrently: true })
  return {
    id: dropId(phase, table, 'index', index.name),
    kind: 'index',
    description: `drop ${index.unique ? 'unique ' : ''}index ${index.name}`,
    tables: [ref],
    transaction: true,
    actions: [{ do: 'dropIndex', table: ref, name: index.name, concurrently: true }],
    undo: phase === 'purge' ? [] : [{ transaction: true, actions: [build()] }],
    reversible: phase === 'contract',
  }
}

/** A unique index as it was. */
function specOf(table: Table, index: Index): IndexSpec {
  if (index.hidden === true || index.method !== 'btree' || index.keys.some(({ expression }) => expression === '')) {
    throw refused(
      'plan.index-kind',
      `${index.name} of ${showTable(table)} is unique and ${index.hidden === true ? 'hidden' : 'of an expression'}: the way back could not build it again as it was`,
      { hint: 'Drop it by rawSql, and say in rollback how it comes back.' },
    )
  }
  return { ...copyOfIndex(index, '', '', index.name), rule: ruleOfIndex(index, '', '') }
}

/** A foreign key needs an index that begins with its columns, at both ends. */
function refuseNeeded({ changes }: Context, table: Table, index: Index): void {
  const going = new Set(
    changes.flatMap((each) =>
      (each.kind === 'dropIndex' || each.kind === 'dropConstraint') && each.table.name === table.name
        ? [each.name.toLowerCase()]
        : [],
    ),
  )
  const needing = [...table.constraints, ...table.foreignKeysIn].find(
    ({ indexes = [] }) => indexes.includes(index.name) && indexes.every((name) => going.has(name.toLowerCase())),
  )
  if (needing === undefined) return
  throw refused('plan.foreign-key', `foreign key ${needing.name} needs index ${index.name} of ${showTable(table)}`, {
    hint: 'Give that foreign key another index, or drop it first.',
  })
}
