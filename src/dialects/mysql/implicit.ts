import type { Lens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import { physical } from '../shared/directions.ts'
import { exactType, inNew, type Place } from './lens-sql.ts'

/*
 * In a session without strict mode the server stores a value of its own for a NULL in a NOT NULL column, after the triggers BEFORE,
 * which see the NULL. They have to go by what will be stored.
 */

interface Implicit {
  readonly name: string
  readonly implicit: string
  readonly variable: string
  readonly type: string
}

/** The columns of which a NULL is not what will be stored. */
function implicits(lens: Lens, mode: SyncMode): readonly Implicit[] {
  const written = lens.kind === 'fill' ? [] : mode === 'quarantine' ? lens.new : lens.old
  const own = written.map((column) => ({ ...column, name: physical(column, mode), type: exactType(column) }))
  const others = lens.untouched.map((column) => ({ ...column, type: exactType(column) }))
  return [...own, ...others].flatMap(({ name, type, implicit }, index) =>
    implicit === undefined ? [] : [{ name, type, implicit, variable: `stored_${index}` }],
  )
}

/** Declares what {@link readImplicits} sets. */
export function declareImplicits(lens: Lens, mode: SyncMode): string {
  return implicits(lens, mode)
    .map(({ variable, type }) => `DECLARE ${variable} ${type};\n`)
    .join('')
}

/** Sets a variable for each such column. Not by COALESCE, which makes an expression of the column: another type, and no more index 0 of an ENUM. */
export function readImplicits(lens: Lens, mode: SyncMode): string {
  return implicits(lens, mode)
    .map(({ name, variable, implicit }) => `${orImplicit(variable, name, implicit)}\n`)
    .join('')
}

/** A column of the row as it will be stored, once {@link readImplicits} has been there. */
export function asStored(lens: Lens, mode: SyncMode): Place {
  const all = new Map(implicits(lens, mode).map(({ name, variable }) => [name, variable]))
  return (name) => all.get(name) ?? inNew(name)
}

/** Gives a place what will be stored in a column. */
export function orImplicit(target: string, column: string, implicit: string | undefined): string {
  const copy = `SET ${target} = ${inNew(column)};`
  return implicit === undefined
    ? copy
    : `IF ${inNew(column)} IS NULL THEN SET ${target} = ${implicit}; ELSE ${copy} END IF;`
}

/** Gives a column that has no value what will be stored in another one. */
export const storedInstead = (column: string, other: string, implicit: string | undefined): string =>
  `IF ${inNew(column)} IS NULL THEN\n  ${orImplicit(inNew(column), other, implicit)}\nEND IF;`

/** Is one of these columns without a value, which it has to be given? */
export const someMissing = (names: readonly string[]): string =>
  names.map((name) => `${inNew(name)} IS NULL`).join(' OR ')
