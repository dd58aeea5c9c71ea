import { refused } from '../../../errors.ts'
import type { Constraint, Table, TableRef } from '../../../planner/catalog.ts'
import { type DropConstraint, showTable } from '../../../planner/change.ts'
import type { Action, Step, UndoPart } from '../../../planner/steps.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import {
  actsByItself,
  dropId,
  hazardOfGoneRule,
  hazardOfRule,
  refuseBeside,
  refuseKeyIndex,
  refuseNewKeys,
  resolveConstraint,
  watch,
} from '../../shared/named.ts'
import { quote } from '../sql.ts'
import { copyOfCheck, copyOfForeignKey } from './copies.ts'
import { buildAgain, refuseNeeded } from './drop-index.ts'

/**
 * A rule of the old version goes: at expand where it only refuses rows, so that the new version may write them; at contract where the
 * old version needs it, for ON CONFLICT or because it changes rows.
 */
export function arrangeDropConstraint(context: Context, change: DropConstraint): void {
  const table = resolveTable(context, change.table)
  const found = resolveConstraint(table, change.name)
  refuseBeside(context, table, found)
  if (found.kind === 'unique') dropUnique(context, table, found)
  else if (found.kind === 'check')
    dropRule(context, table, found, copyOfCheck(found, new Map(), table), checkViolated(found))
  else if (found.kind === 'foreign')
    dropRule(context, table, found, copyOfForeignKey(found, {}), keyViolated(table, found))
  else throw cannotGo(table, found)
}

function cannotGo(table: Table, found: Constraint): Error {
  const where = `${found.name} of ${showTable(table)}`
  if (found.kind === 'primary')
    return refused('plan.primary-key', `${where} is the primary key`, {
      hint: 'It stays: rows are told apart by it.',
    })
  if (found.kind === 'not null')
    return refused('plan.constraint-kind', `${where} is the NOT NULL of a column`, { hint: 'Say dropNotNull instead.' })
  return refused('plan.constraint-kind', `${where} is an exclusion constraint`, {
    hint: 'The way back could build it only while writers wait. Drop it by rawSql.',
  })
}

function dropUnique(context: Context, table: Table, found: Constraint): void {
  const index = table.indexes.find(({ constraint }) => constraint === found.name)
  if (index === undefined || / WITHOUT OVERLAPS\b/.test(found.definition))
    throw refused('plan.constraint-kind', `${found.name} of ${showTable(table)} is over a period`, {
      hint: 'The way back could build it only while writers wait. Drop it by rawSql.',
    })
  refuseKeyIndex(context, table, index)
  refuseNeeded(table, index)
  refuseNewKeys(context, table, index, false)
  watch(context, table, 'constraint', found.name)
  hazardOfRule(context, table, found.name)
  const ref = { schema: table.schema, name: table.name }
  const late = found.definition.includes('INITIALLY DEFERRED') ? ' deferrable initially deferred' : ' deferrable'
  const make: Action = {
    do: 'uniqueFromIndex',
    table: ref,
    name: found.name,
    index: index.name,
    deferrable: found.deferrable ? late : '',
    comment: found.comment,
  }
  context.phases.contract.push({
    ...stepOf(table, found, 'contract', null),
    undo: [...buildAgain(table, index), { transaction: true, actions: [make] }],
  })
}

function dropRule(context: Context, table: Table, found: Constraint, definition: string, violatedBy: string): void {
  const parent = found.references?.table ?? null
  const phase = actsByItself(found) ? 'contract' : 'expand'
  watch(context, table, 'constraint', found.name, phase === 'contract')
  if (phase === 'expand') hazardOfGoneRule(context, table, found.name)
  else hazardOfRule(context, table, found.name)
  const ref = { schema: table.schema, name: table.name }
  const add: Action = {
    do: 'addConstraint',
    table: ref,
    name: found.name,
    definition,
    valid: false,
    parent,
    comment: found.comment,
    violatedBy,
    names: [
      { table: ref, columns: found.columns },
      ...(found.references === null ? [] : [{ table: found.references.table, columns: found.references.columns }]),
    ],
  }
  const validate: readonly UndoPart[] = found.validated
    ? [{ transaction: true, actions: [{ do: 'validateConstraint', table: ref, name: found.name }] }]
    : []
  const lock: readonly Action[] =
    parent === null ? [] : [{ do: 'lockTables', tables: both(parent, ref), mode: 'writes' }]
  context.phases[phase].push({
    ...stepOf(table, found, phase, parent),
    undo: [{ transaction: true, actions: [...lock, add] }, ...validate],
  })
}

function stepOf(table: Table, found: Constraint, phase: 'expand' | 'contract', parent: TableRef | null): Step {
  const ref = { schema: table.schema, name: table.name }
  const tables = parent === null ? [ref] : both(parent, ref)
  return {
    id: dropId(phase, table, 'constraint', found.name),
    kind: 'constraint',
    description: `drop constraint ${found.name}: catalog only, no copy`,
    tables,
    transaction: true,
    actions: [
      // The server takes both tables away from everybody for it.
      ...(parent === null ? [] : ([{ do: 'lockTables', tables, mode: 'exclusive' }] as const)),
      { do: 'dropConstraint', table: ref, name: found.name, parent },
    ],
    undo: [],
    reversible: true,
  }
}

const both = (parent: TableRef, ref: TableRef): readonly TableRef[] =>
  parent.schema === ref.schema && parent.name === ref.name ? [ref] : [parent, ref]

/** A CHECK that is neither true nor false lets a row through. */
function checkViolated(check: Constraint): string {
  const [, inner = 'true'] =
    /^CHECK \((.*?)\)( NO INHERIT)?( NOT ENFORCED)?(?: NOT VALID)?$/s.exec(check.definition) ?? []
  return check.validated ? `(${inner}) is false` : 'false'
}

function keyViolated(table: Table, key: Constraint): string {
  const { references } = key
  if (references === null || references.period === true) {
    throw refused('plan.constraint-kind', `${key.name} of ${showTable(table)} is over a period`, {
      hint: 'Drop it by rawSql, and say in rollback how it comes back.',
    })
  }
  if (!key.validated) return 'false'
  const own = key.columns.map((column) => `t.${quote(column)}`)
  const given = own.map((column) => `${column} is not null`)
  const pairs = references.columns.map((column, at) => `p.${quote(column)} = ${own[at]}`)
  const orphan = `not exists (select from ${quote(references.table.schema, references.table.name)} as p where ${pairs.join(' and ')})`
  const full = /\bMATCH FULL\b/.test(references.rules) && own.length > 1
  const half = full ? ` or (num_nulls(${own.join(', ')}) between 1 and ${own.length - 1})` : ''
  return `(${given.join(' and ')} and ${orphan})${half}`
}
