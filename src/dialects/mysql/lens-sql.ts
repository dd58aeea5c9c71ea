import type { FillLens, Lens, LensColumn, RowLens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import { literal, quote } from './sql.ts'
import { familyOf } from './types.ts'

/*
 * One lens, four uses: trigger bodies, batch update, verification and mismatch report are all made from what stands here,
 * so they cannot disagree. Everything here is text, because it goes into bodies of triggers as well as into statements.
 */

/** Where the columns of the row stand: `NEW` in the trigger, the alias of the table in a statement. */
export type Place = (physical: string) => string

/** The columns of `NEW`. */
export const inNew: Place = (name) => `NEW.${quote(name)}`
/** The columns of `OLD`. */
export const inOld: Place = (name) => `OLD.${quote(name)}`
/** The columns of the table under its alias in our statements. */
export const inRow: Place = (name) => `t.${quote(name)}`

/** The name that a column has in the table in this mode. */
export function physical(column: LensColumn, mode: SyncMode): string {
  return mode === 'quarantine' ? column.contracted : column.expanded
}

/**
 * A value as bytes. `=` and `<=>` do not see case, accents or trailing spaces of text; as text, FLOAT is cut to six digits,
 * so it is compared as the DOUBLE that it is.
 */
function image(value: string, type: string): string {
  const family = familyOf(type)
  if (family === 'float') return `${value} + 0e0`
  return `CAST(${value} AS BINARY)`
}

/** Do two values of a type differ in a single byte? NULL differs from every value, and not from NULL. */
export function differs(left: string, right: string, type: string): string {
  return `NOT (${image(left, type)} <=> ${image(right, type)})`
}

/** The pairs of columns that a copy keeps equal. */
export function pairs(lens: RowLens): readonly { readonly old: LensColumn; readonly new: LensColumn }[] {
  return lens.old.flatMap((old, index) => {
    const end = lens.new[index]
    return end === undefined ? [] : [{ old, new: end }]
  })
}

/** True for a row that is in sync neither way. */
export function inconsistent(lens: RowLens, mode: SyncMode): string {
  const all = pairs(lens).map((pair) =>
    differs(inRow(physical(pair.new, mode)), inRow(physical(pair.old, mode)), pair.old.type),
  )
  return `(${all.join(' OR ')})`
}

/** True for a row whose new side an app has not written and the trigger has not filled. */
export function unfilled(lens: RowLens | FillLens, mode: SyncMode): string {
  if (lens.kind === 'fill') return `${inRow(physical(lens.column, mode))} IS NULL`
  const empty = lens.new.map((column) => `${inRow(physical(column, mode))} IS NULL`)
  return `${empty.join(' AND ')} AND ${inconsistent(lens, mode)}`
}

/** The key of a row as JSON text, for reports. */
export function keyJson(lens: Pick<Lens, 'key'>, place: Place): string {
  const members = lens.key.flatMap(({ name, type }) => [
    literal(name),
    familyOf(type) === 'binary' ? `HEX(${place(name)})` : place(name),
  ])
  return `JSON_OBJECT(${members.join(', ')})`
}
