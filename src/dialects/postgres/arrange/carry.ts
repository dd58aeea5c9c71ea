import { refused } from '../../../errors.ts'
import type { Column, Constraint, ForeignKeyIn, Index, Table, TableRef } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import { tableIn } from '../../../planner/objects.ts'
import type { Action, IndexSpec, Step, UndoPart } from '../../../planner/steps.ts'
import { type Context, hiddenName, stepId } from '../../shared/context.ts'
import { internalName } from '../conversions.ts'
import { copyOfCheck, copyOfForeignKey, copyOfIndex, ruleOfIndex } from './copies.ts'
import { isDeferrable, mayCollide } from './injective.ts'
import { indexStep } from './lens-steps.ts'

/**
 * What one object of the old column needs to arrive on the new one: steps before the swap, its part of the swap, its part
 * of the way back. So that names and definitions end as they were, only on the other column.
 */
export interface Carried {
  /** At the end of the backfill: builds. */
  readonly build: readonly Step[]
  /** At contract, before the swap: what is built or validated under a lock that lets writes through. */
  readonly prepare: readonly Step[]
  readonly swap: readonly Action[]
  /** Before the way back: what the quarantine let go and has to be there again. */
  readonly restore: readonly UndoPart[]
  readonly back: readonly Action[]
  /** At purge, before the column goes. */
  readonly purge: readonly string[]
  /** Tables beside ours that the swap locks: those that our foreign keys point at, before ours. */
  readonly parents: readonly TableRef[]
  /** Those whose foreign keys point at ours, after ours. */
  readonly children: readonly TableRef[]
}

const nothing: Carried = {
  build: [],
  prepare: [],
  swap: [],
  restore: [],
  back: [],
  purge: [],
  parents: [],
  children: [],
}

/** The columns of a swap by their physical names. */
export interface Ends {
  /** The old column until contract. */
  readonly old: string
  /** The new column until contract. */
  readonly shadow: string
  /** The new column from contract on. */
  readonly final: string
  /** The old column from contract on. */
  readonly hidden: string
}

/** The physical names of a one-column replacement. */
export function endsOf(lens: RowLens): Ends {
  const [before] = lens.old
  const [after] = lens.new
  if (before === undefined || after === undefined) throw new TypeError('a replacement has two ends')
  return { old: before.expanded, shadow: after.expanded, final: after.contracted, hidden: before.contracted }
}

/** Everything that hangs on the column and has to change over: what points at it first, so that its keys can go. */
export function carryAll(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  change: ReplaceColumn,
): readonly Carried[] {
  const ends = endsOf(lens)
  const uses = (object: { readonly columns: readonly string[] }): boolean => object.columns.includes(ends.old)
  refuseWhatCannot(context, table, lens, ends)
  refuseTwoChanged(context, table, lens, ends)
  const rules = table.constraints.filter(uses)
  return [
    ...table.foreignKeysIn
      .filter((key) => key.references?.columns.includes(ends.old))
      .map((key) => carryForeignKeyIn(lens, ends, key)),
    ...table.indexes
      .filter((index) => index.valid && uses(index))
      .map((index) => {
        const late = isDeferrable(table, index) || mayCollide(table, column, lens, change, index)
        return tuned(lens, index, carryIndex(table, lens, ends, index, late))
      }),
    ...rules.filter(({ kind }) => kind === 'check').map((check) => carryCheck(table, lens, ends, check)),
    ...rules.filter(({ kind }) => kind === 'foreign').map((key) => carryForeignKey(lens, ends, key)),
  ]
}

function refuseWhatCannot(context: Context, table: Table, lens: RowLens, ends: Ends): void {
  const where = `${showTable(table)}.${ends.old}`
  const refuse = (what: string, hint: string): never => {
    throw refused('plan.cannot-carry', `${where} ${what}`, { hint })
  }
  const [before] = lens.old
  const [after] = lens.new
  const type = after?.type ?? ''
  const temporal = [
    ...table.foreignKeysIn.filter(({ references }) => references?.columns.includes(ends.old)),
    ...table.constraints.filter(({ columns }) => columns.includes(ends.old)),
  ].find(({ references }) => references?.period === true)
  if (temporal !== undefined)
    refuse(`is part of foreign key ${temporal.name}, which has a PERIOD`, 'Drop that foreign key first.')
  for (const key of table.foreignKeysIn.filter(({ references }) => references?.columns.includes(ends.old))) {
    const child = tableIn(context.catalog, key.table)
    const position = key.references?.columns.indexOf(ends.old) ?? 0
    const pointing = child?.columns.find(({ name }) => name === key.columns[position])
    if (child === table)
      refuse(`is what foreign key ${key.name} of the same table points at`, 'Drop that foreign key first.')
    if (pointing === undefined || !comparable(pointing.type, type)) {
      refuse(
        `is what foreign key ${key.name} of ${showTable(key.table)} points at, from a ${pointing?.type ?? 'column'}, which cannot point at ${type}`,
        'Drop that foreign key first, or change both ends.',
      )
    }
  }
  // Of its columns the constraint itself names those that are keys; its index those of expressions and WHERE too.
  const exclusions = table.constraints.flatMap(({ kind, name }) => (kind === 'exclusion' ? [name] : []))
  if (table.indexes.some((index) => exclusions.includes(index.constraint ?? '') && index.columns.includes(ends.old))) {
    refuse('is part of an exclusion constraint', 'PostgreSQL can build one only under a long lock.')
  }
  if (table.indexes.some((index) => index.replicaIdentity && index.columns.includes(ends.old))) {
    refuse('is part of the index that is the replica identity', 'Give the table another replica identity first.')
  }
  const key = table.constraints.find((found) => found.kind === 'foreign' && found.columns.includes(ends.old))
  if (key !== undefined && !comparable(before?.type ?? '', type)) {
    refuse(
      `has foreign key ${key.name}, which cannot point from ${type} to what it points at`,
      'Drop the foreign key first, or change both ends.',
    )
  }
}

/**
 * A copy is made from a definition as it was before anything changed. An index is built beside the other change of the same migration,
 * and would go with that one's hidden column; anything else is made again at contract, when a changed name is not there any more.
 */
function refuseTwoChanged(context: Context, table: Table, lens: RowLens, ends: Ends): void {
  for (const other of context.lenses) {
    if (other === lens || other.kind !== 'row' || other.identity || !isOn(other.table, table)) continue
    const [first] = other.old
    const names = (columns: readonly string[] | undefined): boolean =>
      columns?.includes(ends.old) === true && columns.includes(first?.expanded ?? '')
    const found =
      table.indexes.find((index) => index.valid && names(index.columns)) ??
      (other.sameName
        ? undefined
        : ([...table.constraints, ...table.statistics].find(({ columns }) => names(columns)) ??
          table.foreignKeysIn.find(({ references }) => names(references?.columns))))
    if (found === undefined) continue
    throw refused(
      'plan.cannot-carry',
      `${found.name} of ${showTable(table)} names ${first?.name} and ${ends.old}, and this migration changes both`,
      { hint: 'Change one of them in a second migration, once the first is completed.' },
    )
  }
}

const isOn = (left: TableRef, right: TableRef): boolean => left.schema === right.schema && left.name === right.name

/** Can a foreign key have these two types at its ends? Integers among themselves, texts among themselves. */
function comparable(left: string, right: string): boolean {
  const families = [
    ['int2', 'int4', 'int8'],
    ['text', 'varchar', 'bpchar'],
  ]
  const a = internalName(left).name
  const b = internalName(right).name
  return a === b || families.some((family) => family.includes(a) && family.includes(b))
}

function carryIndex(table: Table, lens: RowLens, ends: Ends, index: Index, collides: boolean): Carried {
  const copy = copyOfIndex(index, ends.old, ends.shadow, lens.id, table)
  const aside = hiddenName('i', `${lens.id}old`, index.name)
  const built = collides
    ? buildAtContract(table, lens, ends, index, copy)
    : { ...nothing, build: [indexStep('backfill', table, copy)] }
  const ref = lens.table
  if (index.constraint !== null)
    return { ...built, ...carryUniqueConstraint(table, lens, ends, index, copy, aside, collides) }
  const rename = (from: string, to: string): Action => ({ do: 'renameIndex', table: ref, from, to })
  if (!index.unique) {
    return {
      ...built,
      swap: [rename(index.name, aside), rename(copy.name, index.name)],
      back: [rename(index.name, copy.name), rename(aside, index.name)],
      purge: [aside],
    }
  }
  // In quarantine the old column follows through `down`, which may make two values one: its uniqueness would fail writes.
  const drop: Action = { do: 'dropIndex', table: ref, name: index.name, concurrently: false }
  return {
    ...built,
    swap: [drop, rename(copy.name, index.name)],
    restore: [rebuild(table, lens, ends, index, aside)],
    // With the swap and not after it: the old version comes back to a table that does not have the rule.
    back: [collides ? drop : rename(index.name, copy.name), rename(aside, index.name)],
  }
}

/** What the index has beside its definition goes to the one that bears its name. */
function tuned(lens: RowLens, { name, targets = [], ...index }: Index, carried: Carried): Carried {
  const clustered = index.clustered === true
  if (!clustered && targets.length === 0) return carried
  const tune: Action = { do: 'tuneIndex', table: lens.table, name, clustered, targets }
  return { ...carried, swap: [...carried.swap, tune], back: [...carried.back, tune] }
}

/** A unique copy that the old version could violate, or whose rule is deferrable, comes at contract. Until then a plain one serves who asks by the new name. */
function buildAtContract(table: Table, lens: RowLens, ends: Ends, index: Index, copy: IndexSpec): Carried {
  const rule = ruleOfIndex(index, ends.old, ends.shadow, table)
  const prepare = [indexStep('contract', table, { ...copy, rule })]
  if (lens.sameName) return { ...nothing, prepare }
  const plain: IndexSpec = {
    ...copyOfIndex({ ...index, unique: false, nullsNotDistinct: false }, ends.old, ends.shadow, lens.id, table),
    name: hiddenName('i', `${lens.id}plain`, index.name),
    comment: null,
  }
  return { ...nothing, prepare, build: [indexStep('backfill', table, plain)], purge: [plain.name] }
}

/** The old index again, on the hidden column. */
function rebuild(table: Table, lens: RowLens, ends: Ends, index: Index, name: string): UndoPart {
  // What the new version has written since may be the same here: asked before the way back begins.
  const rule = ruleOfIndex(index, ends.old, ends.hidden, table)
  const copy = copyOfIndex(index, ends.old, ends.hidden, lens.id, table)
  const spec: IndexSpec = { ...copy, name, comment: index.comment, rule }
  return { transaction: false, actions: [{ do: 'createIndex', table: lens.table, index: spec, concurrently: true }] }
}

/** A constraint takes its index over for good, so the way back builds both indexes anew, but for one that comes at contract. */
function carryUniqueConstraint(
  table: Table,
  lens: RowLens,
  ends: Ends,
  index: Index,
  copy: IndexSpec,
  aside: string,
  collides: boolean,
): Partial<Carried> {
  const name = index.constraint ?? index.name
  const constraint = table.constraints.find((found) => found.name === name)
  const deferrable = constraint?.deferrable
    ? constraint.definition.includes('INITIALLY DEFERRED')
      ? ' deferrable initially deferred'
      : ' deferrable'
    : ''
  const ref = lens.table
  const again = hiddenName('i', `${lens.id}new`, index.name)
  const spec: IndexSpec = { ...copyOfIndex(index, ends.old, ends.final, lens.id, table), name: again }
  const drop: Action = { do: 'dropConstraint', table: ref, name, parent: null }
  const make = (from: string): Action => ({ do: 'uniqueFromIndex', table: ref, name, index: from, deferrable })
  const old = rebuild(table, lens, ends, index, aside)
  if (collides) return { swap: [drop, make(copy.name)], restore: [old], back: [drop, make(aside)] }
  return {
    swap: [drop, make(copy.name)],
    restore: [
      { transaction: false, actions: [{ do: 'createIndex', table: ref, index: spec, concurrently: true }] },
      old,
    ],
    back: [drop, { do: 'renameIndex', table: ref, from: again, to: copy.name }, make(aside)],
  }
}

/** A rule as it has to be told apart while both columns are there. */
interface Rule {
  readonly found: Constraint
  /** The table whose rule it is. */
  readonly on: TableRef
  /** The table that it points at, for a foreign key. */
  readonly parent: TableRef | null
  readonly onShadow: string
  readonly onHidden: string
  /** The columns that it then names. */
  readonly names: NonNullable<Extract<Action, { do: 'addConstraint' }>['names']>
}

/** A rule that is added NOT VALID, validated, and exchanged for the old one at the swap. */
function carryRule(id: string, { found, on, parent, onShadow, onHidden, names }: Rule): Carried {
  const name = hiddenName('c', id, found.name)
  const aside = hiddenName('c', `${id}old`, found.name)
  const base = { tables: parent === null ? [on] : [parent, on], transaction: true, reversible: true } as const
  const lock: readonly Action[] = parent === null ? [] : [{ do: 'lockTables', tables: [parent, on], mode: 'writes' }]
  const add = (as: string, definition: string, more: { readonly names?: Rule['names'] } = {}): readonly Action[] => [
    ...lock,
    { do: 'addConstraint', table: on, name: as, definition, valid: false, parent, comment: found.comment, ...more },
  ]
  const drop = (which: string): Action => ({ do: 'dropConstraint', table: on, name: which, parent })
  const rename = (from: string, to: string): Action => ({ do: 'renameConstraint', table: on, from, to })
  const label = [on.name, found.name] as const
  const validate: readonly Step[] = found.validated
    ? [
        {
          ...base,
          id: stepId('contract', ...label, 'validate'),
          kind: 'constraint',
          description: `validate ${found.name} on the new column, without blocking writes`,
          actions: [{ do: 'validateConstraint', table: on, name }],
          undo: [],
        },
      ]
    : []
  return {
    ...nothing,
    prepare: [
      {
        ...base,
        id: stepId('contract', ...label, 'add'),
        kind: 'constraint',
        description: `add ${found.name} for the new column, for new rows only`,
        actions: add(name, onShadow),
        undo: [{ transaction: true, actions: [drop(name)] }],
      },
      ...validate,
    ],
    swap: [drop(found.name), rename(name, found.name)],
    restore: [
      { transaction: true, actions: add(aside, onHidden, { names }) },
      ...(found.validated
        ? [{ transaction: true, actions: [{ do: 'validateConstraint', table: on, name: aside } as const] }]
        : []),
    ],
    back: [rename(found.name, name), rename(aside, found.name)],
  }
}

const hidden = (ends: Ends, columns: readonly string[]): readonly string[] =>
  columns.map((column) => (column === ends.old ? ends.hidden : column))

function carryCheck(table: Table, lens: RowLens, ends: Ends, check: Constraint): Carried {
  return carryRule(lens.id, {
    found: check,
    on: lens.table,
    parent: null,
    onShadow: copyOfCheck(check, new Map([[ends.old, ends.shadow]]), table),
    onHidden: copyOfCheck(check, new Map([[ends.old, ends.hidden]]), table),
    names: [{ table: lens.table, columns: hidden(ends, check.columns) }],
  })
}

function carryForeignKey(lens: RowLens, ends: Ends, key: Constraint): Carried {
  const parent = key.references?.table ?? null
  const rule = carryRule(lens.id, {
    found: key,
    on: lens.table,
    parent,
    onShadow: copyOfForeignKey(key, { own: [ends.old, ends.shadow] }),
    onHidden: copyOfForeignKey(key, { own: [ends.old, ends.hidden] }),
    names: [
      { table: lens.table, columns: hidden(ends, key.columns) },
      ...(parent === null ? [] : [{ table: parent, columns: key.references?.columns ?? [] }]),
    ],
  })
  return { ...rule, parents: parent === null ? [] : [parent] }
}

/** A foreign key that points here. Its key on the new column goes with the way back, so it is dropped there, not kept. */
function carryForeignKeyIn(lens: RowLens, ends: Ends, key: ForeignKeyIn): Carried {
  const rule = carryRule(lens.id, {
    found: key,
    on: key.table,
    parent: lens.table,
    onShadow: copyOfForeignKey(key, { theirs: [ends.old, ends.shadow] }),
    onHidden: copyOfForeignKey(key, { theirs: [ends.old, ends.hidden] }),
    names: [
      { table: key.table, columns: key.columns },
      { table: lens.table, columns: hidden(ends, key.references?.columns ?? []) },
    ],
  })
  const aside = hiddenName('c', `${lens.id}old`, key.name)
  return {
    ...rule,
    children: [key.table],
    back: [
      { do: 'dropConstraint', table: key.table, name: key.name, parent: lens.table },
      { do: 'renameConstraint', table: key.table, from: aside, to: key.name },
    ],
  }
}
