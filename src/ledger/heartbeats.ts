import { sql } from 'kysely'
import type { Dialect, Session, Statement } from '../dialects/dialect.ts'
import { askOn } from './asking.ts'

/** Who says that it runs. */
export interface Heartbeat {
  readonly app: string
  readonly version: string
  /** What tells one running copy from another. */
  readonly instance: string
}

/** A version that was heard of, with all its instances. Times are ISO text of the server's clock. */
export interface HeardVersion {
  readonly app: string
  readonly version: string
  /** When it was heard last. */
  readonly last: string
  /** Since when the oldest of those that live says so; null where none does. */
  readonly since: string | null
  /** How many instances were heard within the time that was asked for. */
  readonly alive: number
}

/** Older ones are taken away: of a version that was silent for so long nobody knows any more whether it ever sent one. */
const kept = 30 * 86_400_000
/** So many at once, by their keys, so that no app's heartbeat waits. */
const pruned = 1000

/** What an instance sends: that it runs, now, by the server's clock. */
export function beat(
  dialect: Pick<Dialect, 'state'>,
  schema: string,
  { app, version, instance }: Heartbeat,
): Statement {
  const { queries, table, upsert, now } = dialect.state
  const insert = queries(schema).insertInto(table(schema, 'heartbeats')).values({ app, version, instance })
  return upsert(insert, ['app', 'version', 'instance'], { at: now }).compile()
}

/** All versions that were heard of. The table has to be there. */
export async function heardVersions(
  dialect: Dialect,
  session: Session,
  schema: string,
  within: number,
): Promise<readonly HeardVersion[]> {
  const { queries, table, iso, fromNow } = dialect.state
  const db = queries(schema)
  const lives = sql`case when ${sql.ref('at')} >= ${fromNow(-within)} then 1 else 0 end`
  const each = db
    .selectFrom(table(schema, 'heartbeats'))
    .select(['app', 'version'])
    .select([
      sql`max(${sql.ref('at')})`.as('heard'),
      sql`min(case when ${lives} = 1 then ${sql.ref('since')} end)`.as('began'),
      sql<string>`sum(${lives})`.as('alive'),
    ])
    .groupBy(['app', 'version'])
    .as('b')
  const rows = await askOn(session)<HeardVersion & { readonly alive: number | string }>(
    db
      .selectFrom(each)
      .select(['app', 'version', 'alive'])
      .select([iso('heard').as('last'), iso('began').as('since')])
      .orderBy('app')
      .orderBy('heard', 'desc'),
  )
  return rows.map((row) => ({ ...row, alive: Number(row.alive) }))
}

/** Takes away what instances have left that are silent for a month, and for `least` milliseconds. */
export async function pruneHeartbeats(
  dialect: Dialect,
  session: Session,
  schema: string,
  least: number,
): Promise<void> {
  const { queries, table, fromNow } = dialect.state
  const db = queries(schema)
  const name = table(schema, 'heartbeats')
  const run = askOn(session)
  const before = fromNow(-Math.max(kept, least))
  const old = await run<Heartbeat>(
    db.selectFrom(name).select(['app', 'version', 'instance']).where('at', '<', before).limit(pruned),
  )
  if (old.length === 0) return
  await run(
    db
      .deleteFrom(name)
      .where('at', '<', before)
      .where((eb) =>
        eb(
          eb.refTuple('app', 'version', 'instance'),
          'in',
          old.map((each) => eb.tuple(each.app, each.version, each.instance)),
        ),
      ),
  )
}
