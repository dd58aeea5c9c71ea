import type { Connection } from 'mysql2/promise'
import type { Prepared, Preparer, Refusal } from '../check.ts'
import type { ConnectOptions } from '../dialect.ts'
import { openConnection } from './driver.ts'
import { errorNumber, toBellowsError } from './driver-errors.ts'
import { isOfSchema } from './levels.ts'
import { lexingOf } from './lexer.ts'
import { inTarget, retarget } from './names.ts'
import { resolutionOf } from './resolution.ts'
import { type Definition, parameterType, typeOf } from './result-types.ts'
import type { SchemaCopy } from './schema-copy.ts'
import { literal, quote } from './sql.ts'
import { type Candidates, candidates, filledByPlace, telling, tryable, type Values } from './trial.ts'

/** What a prepared statement of the driver holds beside its published types. */
interface Wire {
  readonly statement: { readonly parameters?: readonly Definition[]; readonly columns?: readonly Definition[] }
  execute(values: Values): Promise<unknown>
}

/** Settings of a session of an app, as far as the target tells, and what keeps a trial short. */
const settings = (sqlMode: string): readonly string[] => [
  `set session sql_mode = ${literal(sqlMode)}`,
  'set names utf8mb4',
  'set session autocommit = 1',
  // The tables are empty: what a foreign key asks for is never there.
  'set session foreign_key_checks = 0',
  'set session lock_wait_timeout = 5',
  'set session innodb_lock_wait_timeout = 5',
]

/**
 * Opens a session that prepares statements in the binary protocol (COM_STMT_PREPARE), and tries those that change rows inside a
 * transaction that is rolled back.
 */
export async function openPreparer(options: ConnectOptions, copy: SchemaCopy): Promise<Preparer> {
  const connection = await openConnection(options).catch((error: unknown) => {
    throw toBellowsError(error)
  })
  const lexing = lexingOf(copy.sqlMode)
  const isTryable = tryable(copy, lexing)
  const isTelling = telling(copy, lexing)
  const told = <T extends Refusal>(refusal: T): T => ({ ...refusal, message: inTarget(refusal.message, copy.known) })
  const taken = new Map<string, readonly Values[]>()
  let database = ''
  try {
    for (const setting of settings(copy.sqlMode)) await connection.query(setting)
    if (options.setRole !== null) await connection.query('set role ??', [options.setRole])
    const [rows] = await connection.query('select database() as name')
    database = String((rows as unknown as readonly { readonly name: string }[])[0]?.name)
  } catch (error) {
    await connection.end().catch(() => connection.destroy())
    throw toBellowsError(error)
  }
  return {
    arrive: async () => {},
    insertIsUndone: (table) => isTryable(`insert into ${quote(table)} values ()`),
    prepare: async (given, types, samples) => {
      const text = retarget(given, database, copy.known, lexing)
      // Nothing is said of it whatever comes out: it does not stay in this database.
      if (typeof text !== 'string') return { ok: true, parameters: [], columns: [] }
      const result = await judged(async () => {
        const statement = await prepare(connection, text)
        try {
          const { parameters = [], columns = [] } = statement.statement
          const described = {
            ok: true,
            parameters: parameters.map(parameterType),
            columns: columns.map((column) => ({ name: column.name, type: typeOf(column) })),
          } as const
          const table = filledByPlace(text, lexing)
          const fills = table === null ? {} : { fills: await columnsOf(connection, table) }
          const explain = isTryable(text)
          const resolved = await resolutionOf({ connection, database, lexing, explain }, text)
          const said = { ...described, ...fills, ...(resolved === null ? {} : { resolved }) }
          if (!explain && !isTelling(text)) return said
          const inferred = described.parameters.map(({ name }, at) => types[at] ?? name)
          const key = JSON.stringify([given, types, samples])
          const before = taken.get(key)
          const lists = candidates(parameters.length, inferred, samples)
          // Looking up what its names mean has closed a SELECT, of which the driver keeps one for a text.
          const open = explain ? statement : await prepare(connection, text)
          const trial =
            before === undefined
              ? await tryFirst(connection, open, lists)
              : { refused: await tryAgain(connection, open, before), taken: before }
          const { refused } = trial
          if (trial.taken.length > 0) taken.set(key, trial.taken)
          if (refused !== null && isOfSchema(refused.code)) return { ok: false, ...refused }
          // Values that were made up may be none that the app ever gives.
          return lists.given.length === 0 ? said : { ...said, tried: refused === null ? null : told(refused) }
        } finally {
          // Not close(): the driver would go on to give what the server said of this text in an earlier state.
          connection.unprepare(text)
        }
      })
      return result.ok ? result : told(result)
    },
    close: async () => {
      await connection.end().catch(() => connection.destroy())
    },
  }
}

const prepare = async (connection: Connection, text: string): Promise<Wire> =>
  (await connection.prepare(text)) as unknown as Wire

async function columnsOf(connection: Connection, table: string): Promise<readonly string[]> {
  const text = `select * from ${table}`
  const statement = await prepare(connection, text)
  connection.unprepare(text)
  return (statement.statement.columns ?? []).map(({ name }) => name)
}

/** All lists of the author's, or else those made up, until one is taken. What the first one was refused with is told. */
async function tryFirst(
  connection: Connection,
  statement: Wire,
  { given, made }: Candidates,
): Promise<{ readonly refused: Refusal | null; readonly taken: readonly Values[] }> {
  const taken: Values[] = []
  let first: Refusal | null = null
  for (const list of [...given, ...made]) {
    if (taken.length > 0 && !given.includes(list)) break
    const refused = await tryOnce(connection, statement, list)
    if (refused === null) taken.push(list)
    else if (isOfSchema(refused.code)) return { refused, taken: [] }
    first ??= refused
  }
  return { refused: taken.length > 0 ? null : first, taken }
}

/** What was taken before, once more. */
async function tryAgain(connection: Connection, statement: Wire, lists: readonly Values[]): Promise<Refusal | null> {
  for (const list of lists) {
    const refused = await tryOnce(connection, statement, list)
    if (refused !== null) return refused
  }
  return null
}

async function tryOnce(connection: Connection, statement: Wire, values: Values): Promise<Refusal | null> {
  await connection.query('start transaction')
  try {
    await statement.execute(values)
    return null
  } catch (error) {
    return refusalOf(error)
  } finally {
    await connection.query('rollback')
  }
}

async function judged(body: () => Promise<Prepared>): Promise<Prepared> {
  try {
    return await body()
  } catch (error) {
    return { ok: false, ...refusalOf(error) }
  }
}

/** Why the server does not take it. What is no judgement of the server's is thrown. */
function refusalOf(error: unknown): Refusal {
  const known = toBellowsError(error)
  const number = errorNumber(error)
  if (number === null || known.retryable || known.code === 'database.connection-lost') throw known
  return { code: String(number), message: withoutText(number, known.message) }
}

// A captured statement may hold somebody's data as a literal, and a syntax error quotes it.
const withoutText = (number: number, message: string): string =>
  number === 1064 ? message.replace(/ near '.*$/s, '') : message
