import type { LensCase } from './lenses.ts'

/** A value as its type prints it. */
export type Value = string | null

/** The row as the model knows it: both shapes, and a column that is in neither. */
export interface Row {
  readonly old: Value
  readonly new: Value
  readonly note: Value
}

/** What the state of the migration means for a write (semantics.md 5, 9). */
export type Mode = 'fill' | 'final' | 'quarantine'

/** What the scalars of the lens give; NULL, or onError, where they raise. */
export interface Oracle {
  up(value: Value, note: Value): Promise<Value>
  down(value: Value, note: Value): Promise<Value>
}

/** Consistent: new = up(old) or old = down(new), byte for byte (interface.md). */
export async function isConsistent(row: Row, { up, down }: Oracle): Promise<boolean> {
  return row.new === (await up(row.old, row.note)) || row.old === (await down(row.new, row.note))
}

/** What a statement that wants `after` leaves behind; `before` is null for an INSERT. */
export async function write(lens: LensCase, mode: Mode, oracle: Oracle, before: Row | null, after: Row): Promise<Row> {
  if (mode === 'quarantine') return follow(lens, oracle, before, after)
  const newChanged = before === null ? after.new !== null : after.new !== before.new
  const sourceChanged =
    before === null || after.old !== before.old || (/\bnote\b/.test(lens.up) && after.note !== before.note)
  if (newChanged) {
    return (await isConsistent(after, oracle)) ? after : { ...after, old: await oracle.down(after.new, after.note) }
  }
  // Until the backfill is over, whatever write passes by fills a row that is still empty.
  const passesBy = mode === 'fill' && after.new === null
  if (!sourceChanged && !passesBy) return after
  return (await isConsistent(after, oracle)) ? after : { ...after, new: await oracle.up(after.old, after.note) }
}

/** After contract only the new shape is written, and the hidden old one follows. */
async function follow(lens: LensCase, oracle: Oracle, before: Row | null, after: Row): Promise<Row> {
  const derived = { ...after, old: await oracle.down(after.new, after.note) }
  if (before === null) return derived
  const changed = after.new !== before.new || (/\bnote\b/.test(lens.down) && after.note !== before.note)
  return !changed || (await isConsistent(after, oracle)) ? after : derived
}

/** What the backfill makes of a row: it fills what nobody has filled. */
export async function backfilled(row: Row, oracle: Oracle): Promise<Row> {
  if (row.new !== null || (await isConsistent(row, oracle))) return row
  return { ...row, new: await oracle.up(row.old, row.note) }
}
