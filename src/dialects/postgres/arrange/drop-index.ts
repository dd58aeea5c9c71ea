import { refused } from '../../../errors.ts'
import type { Index, Table } from '../../../planner/catalog.ts'
import { type DropIndex, showTable } from '../../../planner/change.ts'
import type { Action, IndexSpec, UndoPart } from '../../../planner/steps.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import { dropId, hazardOfRule, refuseBeside, refuseKeyIndex, refuseNewKeys, resolveIndex } from '../../shared/named.ts'
import { copyOfIndex, ruleOfIndex } from './copies.ts'

/** An index goes at contract, concurrently; the way back builds it again from the server's own definition, concurrently too. */
export function arrangeDropIndex(context: Context, change: DropIndex): void {
  const table = resolveTable(context, change.table)
  const index = resolveIndex(context, table, change.name)
  refuseBeside(context, table, index)
  refuseOfConstraint(table, index, 'dropConstraint')
  refuseKeyIndex(context, table, index)
  refuseNeeded(table, index)
  refuseNewKeys(context, table, index, false)
  if (index.unique && index.valid) hazardOfRule(context, table, index.name)
  const ref = { schema: table.schema, name: table.name }
  const drop: Action = { do: 'dropIndex', table: ref, name: index.name, concurrently: true }
  context.phases.contract.push({
    id: dropId('contract', table, 'index', index.name),
    kind: 'index',
    description: `drop ${index.unique ? 'unique ' : ''}index ${index.name} concurrently`,
    tables: [ref],
    transaction: false,
    actions: [drop],
    undo: index.valid ? buildAgain(table, index) : [],
    reversible: true,
  })
}

/** An index that is part of a constraint goes, and is named, with that. */
export function refuseOfConstraint(table: Table, index: Index, instead: string): void {
  if (index.constraint === null) return
  throw refused(
    'plan.index-kind',
    `${index.name} is the index of constraint ${index.constraint} of ${showTable(table)}`,
    {
      hint: `Say ${instead} instead.`,
    },
  )
}

/** What the server would not take away, or what would be another without it. */
export function refuseNeeded(table: Table, index: Index): void {
  const key = table.foreignKeysIn.find((each) => each.index === index.name)
  if (key !== undefined) {
    throw refused('plan.referenced', `foreign key ${key.name} of ${showTable(key.table)} needs ${index.name}`, {
      hint: 'Drop that foreign key first.',
    })
  }
  if (!index.replicaIdentity) return
  throw refused('plan.replica-identity', `${index.name} is the replica identity of ${showTable(table)}`, {
    hint: 'Give the table another replica identity first: subscribers tell its rows apart by it.',
  })
}

/** The index as it was: its definition, then what is beside that. */
export function buildAgain(table: Table, index: Index): readonly UndoPart[] {
  const ref = { schema: table.schema, name: table.name }
  const rule = index.unique ? { rule: ruleOfIndex(index, '', '', table) } : {}
  const spec: IndexSpec = { ...copyOfIndex(index, '', '', '', table), name: index.name, ...rule }
  const build: UndoPart = {
    transaction: false,
    actions: [{ do: 'createIndex', table: ref, index: spec, concurrently: true }],
  }
  const { clustered = false, targets = [] } = index
  if (!clustered && targets.length === 0) return [build]
  const tune: Action = { do: 'tuneIndex', table: ref, name: index.name, clustered, targets }
  return [build, { transaction: true, actions: [tune] }]
}
