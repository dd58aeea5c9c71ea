import { startEmbedded } from '../../../src/embedded/server.ts'
import { withClient } from '../../servers/connect.ts'
import type { TestServer } from '../../servers/databases.ts'
import type { LoggingServer } from '../log.ts'

/** What precedes each entry in the server's log, so that a role's statements can be told from all others. */
const logPrefix = '~%u~ '

const role = 'runner'
const entry = /^~(?<user>[^~]*)~ (?<level>[A-Z]+): {2}(?<text>.*)$/
const sent = /^(?:statement|execute [^:]*): /

/** The statements that a role sent, in order, as the server logged them (`log_statement = all`). */
function statementsOf(log: string, role: string): readonly string[] {
  const entries: { user: string; level: string; text: string }[] = []
  for (const line of log.split('\n')) {
    const found = entry.exec(line)?.groups
    if (found !== undefined) entries.push({ user: found.user ?? '', level: found.level ?? '', text: found.text ?? '' })
    // The lines of one statement are indented by a tab, except the first.
    else if (line.startsWith('\t') && entries.length > 0) entries.at(-1)!.text += `\n${line.slice(1)}`
  }
  return entries
    .filter(({ user, level, text }) => user === role && level === 'LOG' && sent.test(text))
    .map(({ text }) => text.replace(sent, ''))
}

const settings = /^\s*(set|begin|commit|rollback)\b/i
const stateTable =
  /"bellows"\."(meta|migrations|phases|steps|backfills|lenses|samples|conversion_failures|events|lease|app_versions|checks|heartbeats)"/
const stateSchema =
  /^\s*grant usage on schema "bellows"|^do .*\bthen create schema "bellows"|^do .* o\.relnamespace = '"bellows"'::|on all tables in schema "bellows"/i
/** The next key range, and how many rows the last one has: questions that the plan lists beside the statements. */
const keyRange =
  /^\s*select (.*"t"\."id"::text as "k0"|count\(\*\) as rows from "[^"]+"\."[^"]+" as t where row\("t"\."id"\) (<=|>) )/is

/** Session settings, transaction control, our own tables, and questions that name no table of the user's. */
function isBesides(sql: string): boolean {
  if (settings.test(sql) || stateSchema.test(sql) || keyRange.test(sql)) return true
  const users = /"public"\./.test(sql)
  if (!/^\s*create or replace/i.test(sql) && stateTable.test(sql) && !users) return true
  return /^\s*(select|with (recursive )?[a-z]+ as materialized)\b/i.test(sql) && !users && !/\bitems\b/.test(sql)
}

/** A PostgreSQL that logs everything that the role sends. */
export async function startLogging({ major }: TestServer): Promise<LoggingServer> {
  const server = await startEmbedded({ major, durable: false, settings: { log_line_prefix: logPrefix } })
  await withClient(server.url, (client) =>
    client.query(`create role ${role} login; alter role ${role} set log_statement = 'all'`),
  )
  return {
    url: server.url,
    asRunner: (url) => {
      const changed = new URL(url)
      changed.username = role
      return changed.href
    },
    statements: async () => statementsOf(await server.log(), role),
    isBesides,
    isInstance: (logged, printed) => logged === printed,
    give: (database) => `alter database ${database} owner to ${role}; grant all on schema public to ${role}`,
    stop: () => server.stop('immediate'),
  }
}
