import { expect, it } from 'vitest'
import { startEmbedded } from '../../src/embedded/server.ts'
import { withClient } from '../servers/connect.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { mysqlRows } from '../servers/mysql/connect.ts'
import { startOwn } from '../servers/mysql/find.ts'
import { migrator, run, withUsers } from './shop.ts'

describeEveryServer('a consumer of changes', (server) => {
  it('can tell the rows that the backfill fills from those that the app writes', async () => {
    const own = await (server.kind === 'postgres'
      ? startEmbedded({ major: server.major, durable: false, settings: { wal_level: 'logical' } })
      : startOwn(server, {
          'log-bin': 'log',
          'binlog-format': 'ROW',
          ...(server.kind === 'mysql' ? { 'binlog-rows-query-log-events': 1 } : {}),
        }))
    if (own === null) throw new Error(`there are no binaries of ${server.name} to start`)
    await withUsers(own, async (database) => {
      if (server.kind === 'postgres') {
        await run(database, 'create publication shop for table users')
        await run(database, `select pg_create_logical_replication_slot('shop', 'pgoutput')`)
      }
      const m = migrator(database)
      await m.expand({ accept: ['published-table'] })
      await run(database, `update users set name = 'the app' where id = 2`)
      await m.backfill()
      await m.close()
      const told = server.kind === 'postgres' ? await decoded(database.url) : await logged(database.url)
      expect(told).toEqual(['the app', 'backfill'])
      if (server.kind === 'postgres') await run(database, `select pg_drop_replication_slot('shop')`)
    }).finally(() => own.stop())
  })
})

/** Transactions that change rows, in their order, by whether the message of ours stands before the rows. */
async function decoded(url: string): Promise<readonly string[]> {
  // Only what was written out is decoded, and this server commits before that.
  const { rows } = await withClient(url, async (client) => {
    await client.query('checkpoint')
    return client.query<{ data: Buffer }>(
      `select data from pg_logical_slot_get_binary_changes('shop', null, null, 'proto_version', '1', 'publication_names', 'shop', 'messages', 'true')`,
    )
  })
  const told: string[] = []
  let marked = false
  for (const { data } of rows) {
    const kind = String.fromCharCode(data[0] ?? 0)
    if (kind === 'B') marked = false
    if (kind === 'M') marked ||= /bellows\0.*backfill of m/s.test(data.toString('latin1'))
    const who = marked ? 'backfill' : 'the app'
    if (kind === 'U' && told.at(-1) !== who) told.push(who)
  }
  return told
}

/** The same of the binary log, in which the statement stands before its rows. */
async function logged(url: string): Promise<readonly string[]> {
  const files = await mysqlRows<{ Log_name: string }>(url, 'show binary logs')
  const events = await Promise.all(
    files.map(({ Log_name }) => mysqlRows<{ Info: string }>(url, `show binlog events in '${Log_name}'`)),
  )
  const told: string[] = []
  let [marked, expanded] = [false, false]
  for (const { Info } of events.flat()) {
    expanded ||= /add column `full_name`/.test(Info)
    if (/^BEGIN/.test(Info)) marked = false
    marked ||= Info.includes('update /* bellows */')
    const who = marked ? 'backfill' : 'the app'
    if (expanded && /^table_id: \d+ \(.*\.users\)/.test(Info) && told.at(-1) !== who) told.push(who)
  }
  return told
}
