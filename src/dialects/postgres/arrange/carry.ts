import { refused } from '../../../errors.ts'
import type { Constraint, Index, Table, TableRef } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { Action, IndexSpec, Step, UndoPart } from '../../../planner/steps.ts'
import { internalName } from '../conversions.ts'
import { hiddenName, stepId } from './context.ts'
import { copyOfCheck, copyOfForeignKey, copyOfIndex } from './copies.ts'
import { indexStep } from './lens-steps.ts'

/**
 * What one object of the old column needs to arrive on the new one: steps before the swap, its part of the swap, its part
 * of the way back. So that names and definitions end as they were, only on the other column.
 */
export interface Carried {
  /** At the end of the backfill: builds. */
  readonly build: readonly Step[]
  /** At contract, before the swap: what is validated under a lock that lets writes through. */
  readonly prepare: readonly Step[]
  readonly swap: readonly Action[]
  /** Before the way back: what the quarantine let go and has to be there again. */
  readonly restore: readonly UndoPart[]
  readonly back: readonly Action[]
  /** At purge, before the column goes. */
  readonly purge: readonly string[]
  /** Tables beside ours that the swap locks: parents of foreign keys. */
  readonly parents: readonly TableRef[]
}

const nothing: Carried = { build: [], prepare: [], swap: [], restore: [], back: [], purge: [], parents: [] }

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

/** Everything that hangs on the column and has to change over. */
export function carryAll(table: Table, lens: RowLens): readonly Carried[] {
  const ends = endsOf(lens)
  const uses = (object: { readonly columns: readonly string[] }): boolean => object.columns.includes(ends.old)
  refuseWhatCannot(table, lens, ends)
  return [
    ...table.indexes.filter((index) => index.valid && uses(index)).map((index) => carryIndex(table, lens, ends, index)),
    ...table.constraints
      .filter((found) => found.kind === 'check' && uses(found))
      .map((check) => carryCheck(table, lens, ends, check)),
    ...table.constraints
      .filter((found) => found.kind === 'foreign' && uses(found))
      .map((key) => carryForeignKey(table, lens, ends, key)),
  ]
}

function refuseWhatCannot(table: Table, lens: RowLens, ends: Ends): void {
  const where = `${showTable(table)}.${ends.old}`
  const refuse = (what: string, hint: string): never => {
    throw refused('plan.cannot-carry', `${where} ${what}`, { hint })
  }
  const pointing = table.foreignKeysIn.find((key) => key.references?.columns.includes(ends.old))
  if (pointing !== undefined)
    refuse(
      `is what foreign key ${pointing.name} of ${showTable(pointing.table)} points at`,
      'A change of type with foreign keys that point at it is not there yet.',
    )
  if (table.constraints.some((found) => found.kind === 'exclusion' && found.columns.includes(ends.old))) {
    refuse('is part of an exclusion constraint', 'PostgreSQL can build one only under a long lock.')
  }
  const [before] = lens.old
  const [after] = lens.new
  const key = table.constraints.find((found) => found.kind === 'foreign' && found.columns.includes(ends.old))
  if (key !== undefined && !comparable(before?.type ?? '', after?.type ?? '')) {
    refuse(
      `has foreign key ${key.name}, which cannot point from ${after?.type ?? ''} to what it points at`,
      'Drop the foreign key first, or change both ends.',
    )
  }
}

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

function carryIndex(table: Table, lens: RowLens, ends: Ends, index: Index): Carried {
  const copy = copyOfIndex(index, ends.old, ends.shadow, lens.id, table)
  const aside = hiddenName('i', `${lens.id}old`, index.name)
  const build = [indexStep('backfill', table, copy)]
  const ref = lens.table
  if (index.constraint !== null)
    return { ...nothing, build, ...carryUniqueConstraint(table, lens, ends, index, copy, aside) }
  const rename = (from: string, to: string): Action => ({ do: 'renameIndex', table: ref, from, to })
  if (!index.unique) {
    return {
      ...nothing,
      build,
      swap: [rename(index.name, aside), rename(copy.name, index.name)],
      back: [rename(index.name, copy.name), rename(aside, index.name)],
      purge: [aside],
    }
  }
  // In quarantine the old column follows through `down`, which may make two values one: its uniqueness would fail writes.
  return {
    ...nothing,
    build,
    swap: [{ do: 'dropIndex', table: ref, name: index.name, concurrently: false }, rename(copy.name, index.name)],
    restore: [rebuild(table, lens, ends, index, aside)],
    back: [rename(index.name, copy.name), rename(aside, index.name)],
  }
}

/** The old index again, on the hidden column. */
function rebuild(table: Table, lens: RowLens, ends: Ends, index: Index, name: string): UndoPart {
  const spec: IndexSpec = { ...copyOfIndex(index, ends.old, ends.hidden, lens.id, table), name, comment: index.comment }
  return { transaction: false, actions: [{ do: 'createIndex', table: lens.table, index: spec, concurrently: true }] }
}

/** A constraint takes its index over for good, so the way back builds both indexes anew. */
function carryUniqueConstraint(
  table: Table,
  lens: RowLens,
  ends: Ends,
  index: Index,
  copy: IndexSpec,
  aside: string,
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
  return {
    swap: [drop, make(copy.name)],
    restore: [
      { transaction: false, actions: [{ do: 'createIndex', table: ref, index: spec, concurrently: true }] },
      rebuild(table, lens, ends, index, aside),
    ],
    back: [drop, { do: 'renameIndex', table: ref, from: again, to: copy.name }, make(aside)],
  }
}

/** A rule that is added NOT VALID, validated, and exchanged for the old one at the swap. */
function carryRule(
  table: Table,
  lens: RowLens,
  found: Constraint,
  onShadow: string,
  onHidden: string,
  parent: TableRef | null,
): Carried {
  const ref = lens.table
  const name = hiddenName('c', lens.id, found.name)
  const base = { tables: parent === null ? [ref] : [parent, ref], transaction: true, reversible: true } as const
  const lock: readonly Action[] = parent === null ? [] : [{ do: 'lockTables', tables: [parent, ref], mode: 'writes' }]
  const add = (as: string, definition: string): readonly Action[] => [
    ...lock,
    { do: 'addConstraint', table: ref, name: as, definition, valid: false, parent, comment: found.comment },
  ]
  const drop = (which: string): Action => ({ do: 'dropConstraint', table: ref, name: which, parent })
  const rename = (from: string, to: string): Action => ({ do: 'renameConstraint', table: ref, from, to })
  const aside = hiddenName('c', `${lens.id}old`, found.name)
  const validate: readonly Step[] = found.validated
    ? [
        {
          ...base,
          id: stepId('contract', table.name, found.name, 'validate'),
          kind: 'constraint',
          description: `validate ${found.name} on the new column, without blocking writes`,
          actions: [{ do: 'validateConstraint', table: ref, name }],
          undo: [],
        },
      ]
    : []
  return {
    ...nothing,
    prepare: [
      {
        ...base,
        id: stepId('contract', table.name, found.name, 'add'),
        kind: 'constraint',
        description: `add ${found.name} for the new column, for new rows only`,
        actions: add(name, onShadow),
        undo: [{ transaction: true, actions: [drop(name)] }],
      },
      ...validate,
    ],
    swap: [drop(found.name), rename(name, found.name)],
    restore: [
      { transaction: true, actions: add(aside, onHidden) },
      ...(found.validated
        ? [{ transaction: true, actions: [{ do: 'validateConstraint', table: ref, name: aside } as const] }]
        : []),
    ],
    back: [rename(found.name, name), rename(aside, found.name)],
    parents: parent === null ? [] : [parent],
  }
}

function carryCheck(table: Table, lens: RowLens, ends: Ends, check: Constraint): Carried {
  return carryRule(
    table,
    lens,
    check,
    copyOfCheck(check, ends.old, ends.shadow, table),
    copyOfCheck(check, ends.old, ends.hidden, table),
    null,
  )
}

function carryForeignKey(table: Table, lens: RowLens, ends: Ends, key: Constraint): Carried {
  const parent = key.references?.table ?? null
  return carryRule(
    table,
    lens,
    key,
    copyOfForeignKey(key, ends.old, ends.shadow),
    copyOfForeignKey(key, ends.old, ends.hidden),
    parent,
  )
}
