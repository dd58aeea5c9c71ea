import * as fc from 'fast-check'
import type { LensCase } from './lenses.ts'
import type { Mode, Row, Value } from './model.ts'

/** A statement of one of the versions, as columns that it sets. A key that is missing is a column it does not name. */
export interface Operation {
  readonly kind: 'insert' | 'update' | 'upsert' | 'delete' | 'untouched'
  readonly set: Partial<Row>
}

/** The columns that the versions know in this mode. */
function sidesOf(lens: LensCase, mode: Mode): readonly ('old' | 'new')[][] {
  if (mode === 'quarantine') return [['new']]
  return lens.sameName ? [['old']] : [['old'], ['new'], ['old', 'new']]
}

/** Any sequence of statements on one row: the first ones may find nothing to update, an insert may find it there. */
export function sequence(lens: LensCase, mode: Mode): fc.Arbitrary<readonly Operation[]> {
  const value = { old: fc.constantFrom<Value>(...lens.olds), new: fc.constantFrom<Value>(...lens.news) }
  const note = fc.constantFrom<Value>(null, 'n', 'm')
  const sides = fc.constantFrom(...sidesOf(lens, mode))
  const set = sides.chain((columns) =>
    fc.record(Object.fromEntries(columns.map((side) => [side, value[side]])) as Record<string, fc.Arbitrary<Value>>),
  )
  const withNote = fc.tuple(set, note).map(([values, text]) => ({ ...values, note: text }))
  const one = fc.oneof(
    { weight: 2, arbitrary: withNote.map((values): Operation => ({ kind: 'insert', set: values })) },
    { weight: 6, arbitrary: set.map((values): Operation => ({ kind: 'update', set: values })) },
    { weight: 1, arbitrary: withNote.map((values): Operation => ({ kind: 'update', set: values })) },
    { weight: 2, arbitrary: note.map((text): Operation => ({ kind: 'update', set: { note: text } })) },
    { weight: 2, arbitrary: set.map((values): Operation => ({ kind: 'upsert', set: values })) },
    { weight: 1, arbitrary: fc.constant<Operation>({ kind: 'delete', set: {} }) },
  )
  const first = withNote.map((values): Operation => ({ kind: 'insert', set: values }))
  // A row that was there before expand: nobody has filled it yet.
  const there = fc
    .tuple(value.old, note)
    .map(([old, text]): Operation => ({ kind: 'untouched', set: { old, note: text } }))
  const start = mode === 'fill' ? fc.oneof(first, there) : first
  return fc.tuple(start, fc.array(one, { maxLength: 7 })).map(([head, rest]) => [head, ...rest])
}
