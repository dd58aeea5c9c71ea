import { mysqlRows, type TestServer, withMysql } from '../../servers/databases.ts'
import { startOwn } from '../../servers/mysql/find.ts'
import type { LoggingServer } from '../log.ts'

const account = 'runner'
const password = 'pw'

const settings = /^\s*(set|begin|start transaction|commit|rollback|unlock tables)\b/i
const locksOfOurs = /^\s*(do|kill|select (get_lock|release_lock|is_used_lock))\b/i
const stateTable =
  /^\s*(insert( ignore)? into|update|delete from|create table if not exists) (`[^`]+`\.)?`bellows_[a-z_]+`/i
const users = /`(items|tags|raw_one|parts|control|customers)`/
/** The next key range, and how many rows the last one has: questions that the plan lists beside the statements. */
const keyRange = /^\s*select (.*as `k0`|count\(\*\) as `rows` from `[^`]+`\.`[^`]+` as t where `t`\.`[^`]+` (<=|>) )/is

/** Part of reading the catalog, which the plan lists beside the statements. */
const definition = /^show create table /i

function isBesides(sql: string): boolean {
  if (settings.test(sql) || locksOfOurs.test(sql) || keyRange.test(sql) || definition.test(sql)) return true
  // A question that names no table at all.
  if (/^\s*xa recover$/i.test(sql)) return true
  if (/^\s*(select|show|explain|with)\b/i.test(sql)) return !users.test(sql)
  return stateTable.test(sql)
}

/** The values of a prepared statement are in the log; where they are, the plan has placeholders. */
function isInstance(logged: string, printed: string): boolean {
  if (logged === printed) return true
  if (!printed.includes('?')) return false
  const parts = printed.split('?').map((part) => part.replace(/[.*+^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join("(?:NULL|-?[\\d.e+]+|'(?:[^'\\\\]|\\\\.|'')*'|_binary'.*?'|\\?)")}$`, 's').test(
    logged,
  )
}

/** A MySQL or MariaDB whose general log is a table, of which the statements of one account are read. */
export async function startLogging(server: TestServer): Promise<LoggingServer> {
  const own = await startOwn(server, { 'log-output': 'TABLE', 'general-log': 1 })
  if (own === null) throw new Error(`${server.name} is not there to be started`)
  await withMysql(own.url, (client) => client.query(`create user '${account}'@'%' identified by '${password}'`))
  return {
    url: own.url,
    asRunner: (url) => {
      const changed = new URL(url)
      changed.username = account
      changed.password = password
      return changed.href
    },
    statements: async () => {
      const rows = await mysqlRows<{ text: string }>(
        own.url,
        `select convert(argument using utf8mb4) as text from mysql.general_log
         where user_host like '${account}[%' and command_type in ('Query', 'Execute') order by event_time`,
      )
      return rows.map(({ text }) => text)
    },
    isBesides,
    isInstance,
    give: (database) => `grant all on ${database}.* to '${account}'@'%'; grant all on *.* to '${account}'@'%'`,
    stop: () => own.stop(),
  }
}
