import { usageError } from '../../errors.ts'
import type { ConnectOptions, Session } from '../dialect.ts'
import type { TestDatabases } from '../test-databases.ts'
import { isWord, lex } from './lexer.ts'
import { openLine } from './line.ts'
import { dropScratch } from './scratch.ts'
import { splitStatements } from './script.ts'
import { serverOnly, withDatabase } from './shadow-url.ts'
import { quote } from './sql.ts'

/** Test databases of MySQL and MariaDB. */
export function mysqlTestDatabases(): TestDatabases {
  return {
    serverUrl: serverOnly,
    withDatabase,
    create,
    copy: null,
    drop,
    runScript,
    grantHint: (prefix) =>
      `GRANT ALL ON \`${prefix.replaceAll('_', '\\_')}%\`.* to the account, or name an account that may make databases: root, in a container.`,
  }
}

/** The server's own character set unless the address names a database that has another. */
async function create(session: Session, name: string, url: string): Promise<void> {
  const like = decodeURIComponent(new URL(url).pathname.slice(1))
  const { rows } = await session.query<{ charset: string; collation: string }>({
    sql: 'select default_character_set_name as charset, default_collation_name as collation from information_schema.schemata where schema_name = ?',
    parameters: [like],
  })
  const [found] = rows
  const as = found === undefined ? '' : ` character set ${found.charset} collate ${found.collation}`
  await session.query({ sql: `create database ${quote(name)}${as}`, parameters: [] })
}

/** A session that a test has left open may hold what the statement would wait for. */
async function drop(session: Session, name: string): Promise<void> {
  const { rows } = await session.query<{ id: number }>({
    sql: 'select id from information_schema.processlist where db = ?',
    parameters: [name],
  })
  // Who has left in the meantime is no failure; whom this account may not end, the statement waits for.
  for (const { id } of rows) {
    await session.query({ sql: `kill ${Number(id)}`, parameters: [] }).catch(() => undefined)
  }
  await dropScratch(session, name)
}

async function runScript(options: ConnectOptions, script: string): Promise<void> {
  const statements = statementsOf(script)
  for (const statement of statements) refuseLeaving(statement)
  const line = await openLine(options)
  try {
    for (const sql of statements) await line.query({ sql, parameters: [] })
  } finally {
    await line.close(null)
  }
}

/** A dump would go on in another database, which may be in use. */
function refuseLeaving(statement: string): void {
  const [first, second] = lex(statement)
  const leaves =
    isWord(first, 'use') || (isWord(first, 'create', 'drop', 'alter') && isWord(second, 'database', 'schema'))
  if (!leaves) return
  throw usageError('testing.seed', `the script does not stay in its database: ${statement.slice(0, 80)}`, {
    hint: 'Nothing was run. Leave it out; mysqldump without --databases writes no such statement.',
  })
}

/** The client's DELIMITER is for what has semicolons inside. It stands at the end of a line. */
function statementsOf(script: string): readonly string[] {
  const [head = '', ...parts] = script.split(/^[ \t]*delimiter[ \t]+(\S+)[ \t]*\r?$/im)
  const found = splitStatements(head).map(({ text }) => text)
  for (let index = 0; index < parts.length; index += 2) {
    const [delimiter = ';', text = ''] = parts.slice(index, index + 2)
    found.push(...(delimiter === ';' ? splitStatements(text).map((each) => each.text) : splitAt(delimiter, text)))
  }
  return found
}

function splitAt(delimiter: string, text: string): readonly string[] {
  const end = new RegExp(`${delimiter.replace(/[^\w]/g, '\\$&')}[ \\t]*\\r?$`, 'm')
  return text.split(end).filter((piece) => lex(piece).length > 0)
}
