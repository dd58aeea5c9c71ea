import { sql } from 'kysely'
import { showTable } from '../../planner/change.ts'
import type { Dialect } from '../dialect.ts'
import { live, seenOf, tablesThere } from '../shared/readers.ts'
import { compileSql } from './sql.ts'

/** Readers of the binary log, replicas and CDC alike, as far as this account sees them. */
export const readers: Dialect['readers'] = async (session, plan, { catalog }) => {
  const { rows } = await session.query<{ name: string }>(
    compileSql(
      sql`select distinct concat(p.user, ' at ', substring_index(p.host, ':', 1)) as name from information_schema.processlist p where p.command like 'Binlog Dump%' order by 1`,
    ),
  )
  const tables = tablesThere(plan, catalog.tables)
  if (rows.length === 0 || tables.length === 0) return []
  const who = rows.map(({ name }) => name).join(', ')
  return [
    live(
      'replicas',
      'warn',
      `${who} will apply each change of ${tables.map(showTable).join(', ')} too: on a replica it waits for the transactions that have read the table there, who comes to read it then waits behind it, and all that comes after it is late`,
      'Let no long transaction read these tables on a replica during expand, contract and purge. migrate wait --replica-url waits until a replica has applied a state.',
    ),
    ...tables.flatMap((table) => {
      const seen = seenOf(plan, table)
      if (seen === null) return []
      return [
        live(
          'change-consumers',
          'warn',
          `the changes of ${showTable(table)} are taken by ${who}, and there are: ${seen.text}`,
          'Replicas follow by themselves. What else reads changes (CDC) has to bear columns that come and go, and the state tables of bellows in this database.',
        ),
      ]
    }),
  ]
}
