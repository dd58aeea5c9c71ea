import type { FillLens, Lens, LensColumn, RowLens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { bindScalar, parseScalar } from './expressions.ts'
import { quote } from './sql.ts'

/*
 * One lens, four uses: trigger body, batch update, verification and mismatch report are all made from what stands here,
 * so they cannot disagree. Everything here is text, because it goes into function bodies as well as into statements.
 */

/** Where the columns of the row stand: `NEW` in the trigger, the alias of the table in a statement. */
export type Place = (physical: string) => string

/** The columns of `NEW`. */
export const inNew: Place = (name) => `NEW.${quote(name)}`
/** The columns of `OLD`. */
export const inOld: Place = (name) => `OLD.${quote(name)}`
/** The columns of the table under its alias in our statements. */
export const inRow: Place = (name) => `t.${quote(name)}`

/** The author's expression with its columns at their places. */
export function bound(direction: Direction, text: string, mode: SyncMode, place: Place): string {
  const parsed = parseScalar(text, direction.name, '')
  return bindScalar(parsed, (name) => {
    const column = direction.sees.find((candidate) => candidate.name === name)
    return place(column === undefined ? name : physical(column, mode))
  })
}

/** The schema-qualified name of the function that holds a scalar which can raise. */
export function lensFunction(lens: Lens, direction: Direction, stateSchema: string, error = false): string {
  return quote(stateSchema, `${direction.name}_${lens.id}${error ? '_error' : ''}`)
}

/** The columns that a scalar reads, with their types: the parameters of its function. */
export function parameters(
  lens: Lens,
  direction: Direction,
): readonly { readonly name: string; readonly type: string; readonly column: LensColumn | null }[] {
  return direction.scalar.reads.map((name) => {
    const column = direction.sees.find((candidate) => candidate.name === name) ?? null
    const type = column?.type ?? lens.untouched.find((other) => other.name === name)?.type ?? 'text'
    return { name, type, column }
  })
}

/** The value of a scalar in a statement, of exactly the type of its column; it never raises. */
export function value(lens: Lens, direction: Direction, mode: SyncMode, place: Place, stateSchema: string): string {
  if (!direction.scalar.canRaise)
    return `CAST((${bound(direction, direction.scalar.text, mode, place)}) AS ${direction.target.type})`
  return `${lensFunction(lens, direction, stateSchema)}(${arguments_(lens, direction, mode, place)})`
}

/** The error code that a scalar raises for a row, or NULL. */
export function errorOf(lens: Lens, direction: Direction, mode: SyncMode, place: Place, stateSchema: string): string {
  if (!direction.scalar.canRaise) return 'NULL::text'
  return `${lensFunction(lens, direction, stateSchema, true)}(${arguments_(lens, direction, mode, place)})`
}

function arguments_(lens: Lens, direction: Direction, mode: SyncMode, place: Place): string {
  return parameters(lens, direction)
    .map(({ name, column }) => place(column === null ? name : physical(column, mode)))
    .join(', ')
}

/** The columns of one side as a row: rows are compared by their binary image, never by `=`. */
export function row(columns: readonly string[]): string {
  return `ROW(${columns.join(', ')})`
}

/**
 * Do two rows differ in a single byte? `=` does not see case in citext, 1.0 against 1.00, or -0 (postgres manual, 9.24.5,
 * "Record Comparison" by image).
 */
export function differs(left: readonly string[], right: readonly string[]): string {
  return `pg_catalog.record_image_ne(${row(left)}, ${row(right)})`
}

/** The columns of a side, at their places. */
export function side(columns: readonly LensColumn[], mode: SyncMode, place: Place): readonly string[] {
  return columns.map((column) => place(physical(column, mode)))
}

/** The copy of a column of a domain may be of the type under it, and images are compared between equal types only. */
function asCopies(lens: RowLens, sides: readonly string[]): readonly string[] {
  return sides.map((place, index) => {
    const [old, copy] = [lens.old[index]?.type, lens.new[index]?.type]
    return old === copy || copy === undefined ? place : `CAST(${place} AS ${copy})`
  })
}

/** True for a row that is in sync neither way: not new = up(old), and not old = down(new). */
export function inconsistent(lens: RowLens, mode: SyncMode, stateSchema: string): string {
  const all = (directions: readonly Direction[]): readonly string[] =>
    directions.map((direction) => value(lens, direction, mode, inRow, stateSchema))
  const news = side(lens.new, mode, inRow)
  const olds = side(lens.old, mode, inRow)
  if (lens.identity) return differs(asCopies(lens, news), asCopies(lens, olds))
  return `(${differs(news, all(upward(lens)))} AND ${differs(olds, all(downward(lens)))})`
}

/** True for a row whose new side an app has not written and the trigger has not filled. */
export function unfilled(lens: RowLens | FillLens, mode: SyncMode, stateSchema: string): string {
  if (lens.kind === 'fill') return `${inRow(physical(lens.column, mode))} IS NULL`
  const empty = side(lens.new, mode, inRow).map((column) => `${column} IS NULL`)
  return `${empty.join(' AND ')} AND ${inconsistent(lens, mode, stateSchema)}`
}

/** The key of a row as JSON text, for reports. */
export function keyJson(lens: Pick<Lens, 'key'>, place: Place): string {
  if (lens.key.length === 0) return "'{}'::text"
  const pairs = lens.key.flatMap(({ name }) => [`${literalText(name)}`, place(name)])
  return `pg_catalog.jsonb_build_object(${pairs.join(', ')})::text`
}

function literalText(text: string): string {
  return `'${text.replaceAll("'", "''")}'::text`
}
