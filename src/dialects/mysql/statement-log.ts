import { type RawBuilder, sql } from 'kysely'
import { refused } from '../../errors.ts'
import type { Session } from '../dialect.ts'
import { compileSql } from './sql.ts'

/** What to do where a server logs statements, however it is found out. */
export const statementLogHint =
  'Triggers would run again on the replicas, and READ COMMITTED is not allowed. Set binlog_format to ROW.'

/** What the server says of its binary log. */
export const logColumns: RawBuilder<unknown> = sql`@@global.binlog_format as binlog_format, @@global.log_bin as log_bin`

/** @throws BellowsError exit 3 where the binary log is on and holds statements. */
export function refuseStatementLog({ log_bin: on, binlog_format: format }: Readonly<Record<string, unknown>>): void {
  if (Number(on) === 0 || format !== 'STATEMENT') return
  throw refused('server.binlog-format', 'the server logs statements (binlog_format=STATEMENT)', {
    hint: statementLogHint,
  })
}

/** Asked before the first write, which such a server would refuse with words of its own after the state tables are made. */
export async function refuseServer(session: Session): Promise<void> {
  const { rows } = await session.query<Record<string, unknown>>(compileSql(sql`select ${logColumns}`))
  refuseStatementLog(rows[0] ?? {})
}
