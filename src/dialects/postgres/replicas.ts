import { sql } from 'kysely'
import { usageError } from '../../errors.ts'
import type { ReplicaDialect, Session } from '../dialect.ts'
import { compileSql } from './sql.ts'

interface Server {
  /** The cluster that it was made for, which its standbys share; null where that may not be asked. */
  readonly cluster: string | null
  readonly start: string
  readonly standby: boolean
  readonly database: string
}

/** Standbys of a server: they replay all that it has written, in the order in which it was committed. */
export const replicas: ReplicaDialect = {
  compare: async (primary, replica) => {
    const [here, there] = [await lookAt(primary), await lookAt(replica)]
    if (here.cluster !== null && there.cluster !== null && here.cluster !== there.cluster)
      throw notOne('it is of another cluster: its system identifier is not that of the database')
    if (here.database !== there.database)
      throw notOne(`it is the database ${there.database}, and the migrations are those of ${here.database}`)
    if (here.start === there.start) return { same: true }
    if (!there.standby) throw notOne('it replays nothing: it was promoted, or made from a copy')
    return { same: false }
  },
  // Some services have no such positions.
  position: async (primary) => {
    const asked = compileSql(
      sql`select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_insert_lsn() end)::text as at`,
    )
    const { rows } = await primary.query<{ at: string | null }>(asked).catch(() => ({ rows: [] }))
    return rows[0]?.at ?? null
  },
  lag: async (replica, position) => {
    const asked = compileSql(
      sql`select pg_wal_lsn_diff(${position}::text::pg_lsn, pg_last_wal_replay_lsn())::float8 as bytes, extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 as seconds, case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as paused`,
    )
    const { rows } = await replica
      .query<{ bytes: number | null; seconds: number | null; paused: boolean | null }>(asked)
      .catch(() => ({ rows: [] }))
    const { bytes = null, seconds = null, paused } = rows[0] ?? {}
    return {
      // The time of the last commit says nothing where everything is replayed.
      seconds: bytes !== null && bytes <= 0 ? 0 : seconds === null ? null : Math.max(0, seconds),
      bytes: bytes === null ? null : Math.max(0, bytes),
      trouble: paused === true ? 'its replay is paused' : null,
    }
  },
}

async function lookAt(session: Session): Promise<Server> {
  const { rows } = await session.query<Omit<Server, 'cluster'> & { may: boolean }>(
    compileSql(
      sql`select has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') as may, concat(extract(epoch from pg_postmaster_start_time()), ' ', current_setting('port')) as start, pg_is_in_recovery() as standby, current_database()::text as database`,
    ),
  )
  const { may = false, start = '', standby = false, database = '' } = rows[0] ?? {}
  if (!may) return { cluster: null, start, standby, database }
  const told = await session.query<{ id: string }>(
    compileSql(sql`select system_identifier::text as id from pg_control_system()`),
  )
  return { cluster: told.rows[0]?.id ?? null, start, standby, database }
}

const notOne = (why: string): Error =>
  usageError('wait.replica', `this is no replica of the database: ${why}`, {
    hint: 'Name a streaming replica of the server that the migrations run on, by its own address.',
  })
