import { refused, usageError } from '../../errors.ts'
import type { ConnectOptions, Session } from '../dialect.ts'
import type { TestDatabases } from '../test-databases.ts'
import { sqlState } from './driver-errors.ts'
import { openLine } from './line.ts'
import { createScratch, dropScratch } from './scratch.ts'
import { withDatabase } from './shadow-url.ts'
import { quote } from './sql.ts'

/** Test databases of PostgreSQL. */
export function postgresTestDatabases(): TestDatabases {
  return {
    serverUrl: (url) => url,
    withDatabase: (url, name) => withDatabase(withoutName(url), name),
    create: createScratch,
    copy,
    drop: dropScratch,
    runScript,
    grantHint: () => 'Grant the role CREATEDB, or name a role that has it.',
  }
}

/** How often it is tried. The server itself waits up to 5 s each time. */
const patience = 2

/** Backends end a moment after their client, those of autovacuum when they are done. */
async function copy(session: Session, name: string, original: string): Promise<void> {
  const statement = { sql: `create database ${quote(name)} template ${quote(original)}`, parameters: [] }
  for (let attempt = 1; ; attempt++) {
    try {
      await session.query(statement)
      return
    } catch (error) {
      if (sqlState(error) !== '55006') throw error
      if (attempt === patience) throw inUse(error)
    }
  }
}

const inUse = (cause: unknown): Error =>
  refused('testing.in-use', 'a database of the tests cannot be copied: somebody is still connected to it', {
    cause,
    hint: 'Let `seed` and `fill` close the connections that they open.',
  })

/** The parameter would go before the name that stands in the path. */
function withoutName(url: string): string {
  const changed = new URL(url)
  changed.searchParams.delete('dbname')
  return changed.href
}

async function runScript(options: ConnectOptions, script: string): Promise<void> {
  const sql = withoutClientCommands(script)
  const line = await openLine(options)
  try {
    // Without values it goes over as it is, however many statements it has.
    await line.query({ sql, parameters: [] })
  } finally {
    await line.close()
  }
}

/** pg_dump writes two commands of psql that mean nothing here; any other may lead elsewhere. */
function withoutClientCommands(script: string): string {
  const lines = script.split('\n')
  const others = lines.filter((line) => line.startsWith('\\') && !isRestriction(line))
  const [first] = others
  if (first !== undefined) {
    throw usageError('testing.seed', `the script has a command of psql's: ${first.trim()}`, {
      hint: 'Leave it out. A dump with rows is to be made with: pg_dump --inserts',
    })
  }
  return lines.filter((line) => !isRestriction(line)).join('\n')
}

const isRestriction = (line: string): boolean => /^\\(?:un)?restrict\b/.test(line)
