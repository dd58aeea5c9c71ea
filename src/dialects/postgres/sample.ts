import { type RawBuilder, sql } from 'kysely'
import type { Lens } from '../../planner/links/lens.ts'
import type { Session } from '../dialect.ts'
import { downward, upward } from '../shared/directions.ts'
import { bound, errorOf, inRow } from './lens-sql.ts'
import { lacksTemporary } from './rehearse.ts'
import { compileSql, tableRef } from './sql.ts'
import { lensFunctions } from './sync.ts'

/** Rows that are looked at: enough to find what is common, few enough for any table. */
export const sampleRows = 10_000

/** How many of the sampled rows hold a value that cannot be converted. */
export interface Sample {
  readonly rows: number
  readonly raising: number
}

/** Ends the transaction that must not leave anything. */
class Undo extends Error {}

/**
 * Tries `up` on rows that are there. The functions for it are temporary and made in a transaction that is rolled back, so
 * nothing is touched.
 */
export async function sampleRaising(session: Session, lens: Lens): Promise<Sample | null> {
  await refuseWhatServerRefuses(session, lens)
  const raising = upward(lens).filter(({ scalar }) => scalar.canRaise)
  if (raising.length === 0 || downward(lens).length === 0) return null
  const failed = raising.map((direction) => `${errorOf(lens, direction, 'fill', inRow, 'pg_temp')} IS NOT NULL`)
  return withLensFunctions<Sample>(
    session,
    lens,
    sql`select count(*)::float8 as rows, count(*) filter (where ${sql.raw(failed.join(' OR '))})::float8 as raising from (select * from ${tableRef(lens.table)} limit ${sql.lit(sampleRows)}) as t`,
  )
}

/** Asks with the functions of a lens in `pg_temp`, and leaves nothing; null where the role may not make them. */
export async function withLensFunctions<Row>(
  session: Session,
  lens: Lens,
  query: RawBuilder<unknown>,
): Promise<Row | null> {
  let found: Row | null = null
  try {
    await session.transaction(async () => {
      for (const create of lensFunctions(lens, 'pg_temp')) await session.query(compileSql(create))
      found = (await session.query<Row>(compileSql(query))).rows[0] ?? null
      throw new Undo()
    })
  } catch (error) {
    if (!(error instanceof Undo) && !lacksTemporary(error)) throw error
  }
  return found
}

/** Has the server parse each scalar, so that an unknown function or a cast that does not exist is told before expand. */
async function refuseWhatServerRefuses(session: Session, lens: Lens): Promise<void> {
  for (const direction of [...upward(lens), ...downward(lens)]) {
    const coming = lens.kind === 'row' ? lens.new : [lens.column]
    const place = (name: string): string => {
      const column = direction.sees === coming ? coming.find(({ expanded }) => expanded === name) : undefined
      return column === undefined ? inRow(name) : `(CAST(NULL AS ${column.type}))`
    }
    for (const text of [direction.scalar.text, direction.scalar.onError ?? 'NULL'])
      await session.query(
        compileSql(
          sql`select (${sql.raw(bound(direction, text, 'fill', place))}), CAST(NULL AS ${sql.raw(direction.target.type)}) from ${tableRef(lens.table)} as t where false`,
        ),
      )
  }
}
