import type { Lens } from '../../planner/links/lens.ts'
import { type Direction, downward, upward } from '../shared/directions.ts'
import { parameters } from './lens-sql.ts'

/*
 * A session can set what a conversion gives: the zone of a time without one, the digits of a number as text, the order of
 * day and month. The app's session, in which the trigger runs, and ours, in which backfill and verification do, must not
 * disagree, so all of them convert under the same settings. Not under a locale (lc_monetary, lc_numeric) or a configuration of text
 * search of ours: these say what the user's values mean.
 */

/** In YMD a date that could be read two ways, 02/03/2026, is an error and not a guess. */
const settings: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  array_nulls: 'on',
  xmloption: 'content',
  xmlbinary: 'base64',
  quote_all_identifiers: 'off',
  transform_null_equals: 'off',
}

/** How a backslash in a literal is read, by which the text of an expression is another one. */
const strings = { standard_conforming_strings: 'on' } as const

/** The settings that our own sessions convert under. */
export const valueSessionSettings: readonly string[] = Object.entries({ ...strings, ...settings }).map(
  ([name, value]) => `set ${name} = '${value}'`,
)

/**
 * The clauses for a function that converts: each costs time at every call, so a function has those that change something.
 *
 * @param converts - its body evaluates what {@link settings} change
 */
export function valueClauses(converts: boolean, body: string): string {
  const needed = { ...(converts ? settings : {}), ...(body.includes('\\') ? strings : {}) }
  return Object.entries(needed)
    .map(([name, value]) => ` set ${name} = '${value}'`)
    .join('')
}

/** Types whose values are read, written and cast to one another in one way, whatever a session sets. */
const plain =
  '(?:smallint|integer|bigint|boolean|uuid|text|jsonb?|(?:numeric|character varying|character)(?:\\(\\d+(?:,-?\\d+)?\\))?)' // prettier-ignore
const plainType = new RegExp(`^${plain}$`)
/** A column, or a cast of one. */
const plainScalar = new RegExp(`^(?:"(?:[^"]|"")+"|\\w+)(?:::${plain})?$`)
const plainConstant = /^(?:-?\d+|'[^'\\]*')$/

/**
 * Can the settings of a session change what this gives? No for copies and casts of plain types, and for what cannot raise
 * over them, which is functions over text.
 */
export function dependsOnSession(lens: Lens, direction: Direction): boolean {
  const { scalar, target } = direction
  const types = parameters(lens, direction).map(({ type }) => type)
  const allPlain = [target.type, ...types].every((type) => plainType.test(type))
  if (!scalar.canRaise) return !allPlain && !types.every((type) => type === target.type)
  const copies = types.length === 1 && plainScalar.test(scalar.text)
  const fallback = scalar.onError === null || plainConstant.test(scalar.onError)
  return !(allPlain && copies && fallback)
}

/** The same for all that the trigger evaluates, and the key under which it records what could not be converted. */
export function lensDependsOnSession(lens: Lens): boolean {
  const plainKey = lens.key.every(({ type }) => plainType.test(type))
  return [...upward(lens), ...downward(lens)].some(
    (direction) => dependsOnSession(lens, direction) || (direction.scalar.canRaise && !plainKey),
  )
}
