import { sql } from 'kysely'
import type { Lens } from '../../planner/links/lens.ts'
import type { LossySample, Session } from '../dialect.ts'
import { downward, isRegroup, upward } from '../shared/directions.ts'
import { differs, inRow, keyJson, type Place, side, value } from './lens-sql.ts'
import { sampleRows, withLensFunctions } from './sample.ts'
import { quote, tableRef } from './sql.ts'

/** Keys that are told: enough to look at some rows. */
const told = 5

/** Takes rows that are there through `up` and `down`, and counts those that come back as something else. */
export async function sampleLossy(session: Session, lens: Lens): Promise<LossySample | null> {
  if (!isRegroup(lens)) return null
  const made = new Set(lens.new.map(({ expanded }) => expanded))
  const place: Place = (name) => (made.has(name) ? `u.${quote(name)}` : inRow(name))
  const ups = upward(lens).map(
    (direction) => `${value(lens, direction, 'fill', inRow, 'pg_temp')} as ${quote(direction.target.expanded)}`,
  )
  const downs = downward(lens).map((direction) => value(lens, direction, 'fill', place, 'pg_temp'))
  const lossy = sql.raw(differs(side(lens.old, 'fill', inRow), downs))
  const rows = sql`(select * from ${tableRef(lens.table)} limit ${sql.lit(sampleRows)}) as t cross join lateral (select ${sql.raw(ups.join(', '))} offset 0) as u`
  const query = sql`select count(*)::float8 as rows, count(*) filter (where ${lossy})::float8 as lossy, coalesce((array_agg(${sql.raw(keyJson(lens, inRow))}) filter (where ${lossy}))[1:${sql.lit(told)}], '{}') as keys from ${rows}`
  return withLensFunctions<LossySample>(session, lens, query)
}
