import type { FillLens, Lens, LensColumn, RowLens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { charsetOf } from './conversions.ts'
import { bindScalar, parseScalar } from './expressions.ts'
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

/** A scalar's text with its columns at their places; each is between backticks there. */
export function bound(text: string, reads: readonly string[], place: Place): string {
  return bindScalar(parseScalar(text, 'a scalar', '', reads), place)
}

/** The type of a column in a body: with its character set, because a body's default is the database's and not the table's. */
export function exactType(column: { readonly type: string; readonly collation?: string | null | undefined }): string {
  const collation = column.collation ?? null
  if (collation === null || !['text', 'enum', 'set'].includes(familyOf(column.type))) return column.type
  return `${column.type} character set ${charsetOf(collation)} collate ${collation}`
}

/** The schema-qualified name of the function that holds a scalar which can raise. */
export function lensFunction(lens: Lens, direction: Direction, stateSchema: string, error = false): string {
  return quote(lens.table.schema, functionName(lens, direction, stateSchema, error))
}

/** Its bare name: `bellows_up_0_<lens>`; with `error` that of the one which gives the error's number. */
function functionName(lens: Lens, direction: Direction, stateSchema: string, error = false): string {
  return `${stateSchema}_${direction.name}_${lens.id}${error ? '_error' : ''}`
}

/** The columns that a scalar reads, with their types: the parameters of its function. */
export function parameters(
  lens: Lens,
  direction: Direction,
): readonly { readonly name: string; readonly type: string; readonly column: LensColumn | null }[] {
  return direction.scalar.reads.map((name) => {
    const column = direction.sees.find((candidate) => candidate.name === name) ?? null
    const found = column ?? lens.untouched.find((other) => other.name === name)
    return { name, type: found === undefined ? 'text' : exactType(found), column }
  })
}

/** The value of a scalar in a statement, of exactly the type of its column; it never raises. */
export function value(lens: Lens, direction: Direction, mode: SyncMode, place: Place, stateSchema: string): string {
  const { scalar, sees } = direction
  if (scalar.canRaise) return `${lensFunction(lens, direction, stateSchema)}(${values(lens, direction, mode, place)})`
  const at: Place = (name) => place(physicalOf(sees, name, mode))
  // A copy into a wider type: the column takes it as it is.
  return bound(scalar.text, scalar.reads, at)
}

/** The number of the error that a scalar raises for a row, or NULL. */
export function errorOf(lens: Lens, direction: Direction, mode: SyncMode, place: Place, stateSchema: string): string {
  if (!direction.scalar.canRaise) return 'NULL'
  return `${lensFunction(lens, direction, stateSchema, true)}(${values(lens, direction, mode, place)})`
}

function values(lens: Lens, direction: Direction, mode: SyncMode, place: Place): string {
  return parameters(lens, direction)
    .map(({ name, column }) => place(column === null ? name : physical(column, mode)))
    .join(', ')
}

function physicalOf(columns: readonly LensColumn[], name: string, mode: SyncMode): string {
  const column = columns.find((candidate) => candidate.name === name)
  return column === undefined ? name : physical(column, mode)
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

/** Does one of several pairs of values differ? */
export function someDiffer(
  pairs: readonly { readonly left: string; readonly right: string; readonly type: string }[],
): string {
  return pairs.map(({ left, right, type }) => differs(left, right, type)).join(' OR ') || 'FALSE'
}

/** Does the side that these scalars make hold something else than they give? `given` is what each of them gives. */
export function leadsElsewhere(
  directions: readonly Direction[],
  mode: SyncMode,
  place: Place,
  given: (direction: Direction) => string,
): string {
  return someDiffer(
    directions.map((direction) => ({
      left: place(physical(direction.target, mode)),
      right: given(direction),
      type: direction.target.type,
    })),
  )
}

/** The pairs of columns that a copy keeps equal. */
export function pairs(lens: RowLens): readonly { readonly old: LensColumn; readonly new: LensColumn }[] {
  return lens.old.flatMap((old, index) => {
    const end = lens.new[index]
    return end === undefined ? [] : [{ old, new: end }]
  })
}

/** True for a row that is in sync neither way: not new = up(old), and not old = down(new). */
export function inconsistent(lens: RowLens, mode: SyncMode, stateSchema: string): string {
  if (lens.identity) {
    const all = pairs(lens).map((pair) => ({
      left: inRow(physical(pair.new, mode)),
      right: inRow(physical(pair.old, mode)),
      type: pair.old.type,
    }))
    return `(${someDiffer(all)})`
  }
  const side = (directions: readonly Direction[]): string =>
    leadsElsewhere(directions, mode, inRow, (direction) => value(lens, direction, mode, inRow, stateSchema))
  return `((${side(upward(lens))}) AND (${side(downward(lens))}))`
}

/** True for a row whose new side an app has not written and the trigger has not filled. */
export function unfilled(lens: RowLens | FillLens, mode: SyncMode, stateSchema: string): string {
  if (lens.kind === 'fill') return `${inRow(physical(lens.column, mode))} IS NULL`
  const empty = lens.new.map((column) => `${inRow(physical(column, mode))} IS NULL`)
  // A copy's empty side differs from the other one where that holds anything: no need to compare bytes, row by row.
  const open = lens.identity
    ? `(${pairs(lens)
        .map(({ old }) => `${inRow(physical(old, mode))} IS NOT NULL`)
        .join(' OR ')})`
    : inconsistent(lens, mode, stateSchema)
  return `${empty.join(' AND ')} AND ${open}`
}

/** A value that could not be converted is settled once the side that it was for holds something that leads back to it. */
export function stillOpen(lens: Lens, way: 'up' | 'down', mode: SyncMode, place: Place, stateSchema: string): string {
  if (lens.kind === 'fill') return `${place(physical(lens.column, mode))} IS NULL`
  const back = way === 'up' ? downward(lens) : upward(lens)
  return `(${leadsElsewhere(back, mode, place, (direction) => value(lens, direction, mode, place, stateSchema))})`
}

/** MariaDB puts a value into JSON as it is: zeros in front of a number, or bytes of a character set that is not JSON's. */
function inJson(value: string, type: string): string {
  const family = familyOf(type)
  if (family === 'binary') return `HEX(${value})`
  if (/zerofill/i.test(type)) return `${value} + 0`
  return family === 'text' ? `CONVERT(${value} USING utf8mb4)` : value
}

/** The key of a row as JSON text, for reports. */
export function keyJson(lens: Pick<Lens, 'key'>, place: Place): string {
  const members = lens.key.flatMap(({ name, type }) => [literal(name), inJson(place(name), type)])
  return `JSON_OBJECT(${members.join(', ')})`
}
