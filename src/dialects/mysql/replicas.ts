import { sql } from 'kysely'
import { refused } from '../../errors.ts'
import type { ReplicaDialect, Session } from '../dialect.ts'
import { capabilitiesOf } from './capabilities.ts'
import { compileSql } from './sql.ts'

/** Replicas of a server. Which server they follow is told to few accounts, and may be another replica: the state tables tell it. */
export const replicas: ReplicaDialect = {
  compare: async (primary, replica) => {
    if ((await whichServer(primary)) === (await whichServer(replica))) return { same: true }
    if (!(await isMariadb(replica))) await refuseUnordered(replica)
    return { same: false }
  },
  position: async () => null,
  lag: async (replica) => {
    const show = (await isMariadb(replica)) ? sql`show all replicas status` : sql`show replica status`
    const { rows } = await replica.query(compileSql(show)).catch(() => ({ rows: [] }))
    const channels = rows.map(channelOf)
    const seconds = channels.map((channel) => channel.seconds)
    return {
      seconds: seconds.length === 0 || seconds.includes(null) ? null : Math.max(...seconds.map(Number)),
      bytes: null,
      trouble: channels.find(({ trouble }) => trouble !== null)?.trouble ?? null,
    }
  },
}

/** A row of SHOW REPLICA STATUS, by the names of either server. What the last error says may quote rows: its number does. */
function channelOf(row: Record<string, unknown>): { readonly seconds: number | null; readonly trouble: string | null } {
  const behind = row.Seconds_Behind_Source ?? row.Seconds_Behind_Master ?? null
  const applies = row.Replica_SQL_Running ?? row.Slave_SQL_Running
  const reads = row.Replica_IO_Running ?? row.Slave_IO_Running
  const number = (which: unknown): string => (Number(which) > 0 ? ` (error ${Number(which)})` : '')
  return {
    seconds: behind === null ? null : Number(behind),
    trouble:
      applies !== 'Yes'
        ? `it applies nothing${number(row.Last_SQL_Errno)}`
        : reads !== 'Yes'
          ? `it is not connected to its source${number(row.Last_IO_Errno)}`
          : null,
  }
}

const isMariadb = async (session: Session): Promise<boolean> => {
  const { rows } = await session.query<{ version: string }>(compileSql(sql`select version() as version`))
  return capabilitiesOf(rows[0]?.version ?? '').mariadb
}

async function whichServer(session: Session): Promise<string> {
  const { rows } = await session.query<{ server: string }>(
    compileSql(sql`select concat_ws(' ', @@hostname, @@port, @@datadir, @@server_id) as server`),
  )
  return rows[0]?.server ?? ''
}

/**
 * With several workers that do not keep the order of commits, the state may be there before rows that were written before it. MariaDB
 * always keeps it within a domain.
 */
async function refuseUnordered(replica: Session): Promise<void> {
  const { rows } = await replica.query<{ kept: unknown; workers: unknown }>(
    compileSql(
      sql`select @@global.replica_preserve_commit_order as kept, @@global.replica_parallel_workers as workers`,
    ),
  )
  const { kept, workers } = rows[0] ?? {}
  if (Number(kept) === 1 || Number(workers) < 2) return
  throw refused('wait.replica-order', `${Number(workers)} workers of the replica do not keep the order of commits`, {
    hint: 'It may show a state before the rows that were written before it: SET GLOBAL replica_preserve_commit_order = ON there.',
  })
}
