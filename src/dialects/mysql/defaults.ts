import { type RawBuilder, sql } from 'kysely'
import { definitionQuery, namesInCheck, withoutBackslashes } from './checks.ts'
import { literal, quote } from './sql.ts'
import { familyOf } from './types.ts'

type Row = Record<string, unknown>
type Read = (query: RawBuilder<unknown>) => Promise<readonly Row[]>

/** A default as SQL; `untold` where `?` in it may stand for a character that the server does not tell. */
export interface Default {
  readonly text: string | null
  readonly untold: boolean
}

/**
 * The defaults of columns, by table and column, that information_schema does not tell as they are: it is utf8mb3 and says `?` for what
 * is beyond, and MySQL ends bytes at the first zero. Only tables that have such a default are asked.
 */
export async function exactDefaults(
  read: Read,
  schema: string,
  columns: ReadonlyMap<string, readonly Row[]>,
  mariadb: boolean,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const found = new Map<string, ReadonlyMap<string, string>>()
  for (const [table, all] of columns) {
    const asked = all.filter((row) => isInexact(row, mariadb))
    if (asked.length === 0) continue
    const names = asked.map(({ name }) => String(name))
    // What cannot be read stays untold.
    const exact = mariadb ? fromRow(read, schema, table, names) : fromDefinition(read, schema, table, names)
    found.set(table, await exact.catch(() => new Map()))
  }
  return found
}

function isInexact(row: Row, mariadb: boolean): boolean {
  if (row.default === null) return false
  const text = String(row.default)
  if (mariadb) return text.startsWith("'") && text.includes('?')
  if (String(row.extra).toLowerCase().includes('default_generated')) return false
  return text.includes('?') || isHex(row)
}

/** MySQL tells the bytes of a binary default in hex. */
const isHex = ({ type, default: text }: Row): boolean =>
  familyOf(String(type)) === 'binary' && String(text).startsWith('0x')

/** MySQL's definition of a table says in hex what it has no characters for. */
async function fromDefinition(
  read: Read,
  schema: string,
  table: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const [row = {}] = await read(definitionQuery(schema, table))
  const lines = String(row['Create Table']).split(/,?\n {2}(?=`)/)
  return new Map(
    names.flatMap((name) => {
      const line = lines.find((each) => each.startsWith(`${quote(name)} `))?.slice(quote(name).length)
      const text = /^(?:[^'`]|'(?:[^'\\]|\\.|'')*')*? DEFAULT (0x[0-9A-F]+|'(?:[^'\\]|\\.|'')*')/s.exec(line ?? '')?.[1]
      return text === undefined ? [] : [[name, text] as const]
    }),
  )
}

/** MariaDB tells them of a row, or of none for a column that may be NULL. */
async function fromRow(
  read: Read,
  schema: string,
  table: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const asked = names.flatMap((name, at) => [
    sql`hex(default(t.${sql.id(name)})) as ${sql.id(`bytes_${at}`)}`,
    sql`convert(default(t.${sql.id(name)}) using utf8mb4) as ${sql.id(`text_${at}`)}`,
  ])
  const from = sql`${sql.id(schema, table)} t`
  const [row] = await read(sql`select ${sql.join(asked)} from ${from} limit 1`)
  const [none = {}] =
    row === undefined ? await read(sql`select ${sql.join(asked)} from (select 1) one left join ${from} on false`) : []
  const all = row ?? none
  return new Map(
    names.flatMap((name, at) => {
      const [bytes, text] = [all[`bytes_${at}`], all[`text_${at}`]]
      if (typeof bytes !== 'string') return []
      // Where it can be said in text it is: bytes are for what only a column's own character set can hold.
      const same = typeof text === 'string' && Buffer.from(text).toString('hex').toUpperCase() === bytes
      const plain = same && !/[\u{10000}-\u{10ffff}]/u.test(text)
      return [[name, plain ? literal(text) : `x'${bytes}'`] as const]
    }),
  )
}

/** The default as SQL. MySQL gives the bare value of a literal and tells expressions apart; MariaDB gives SQL. */
export function defaultOf(row: Row, mariadb: boolean, exact: string | undefined): Default {
  const text = row.default as string | null
  if (text === null || (mariadb && text === 'NULL')) return { text: null, untold: false }
  if (exact !== undefined) return { text: exact, untold: false }
  const told = (said: string): Default => ({ text: said, untold: text.includes('?') })
  if (mariadb || /^current_timestamp/i.test(text)) return told(text)
  // MySQL tells an expression's other characters in pieces.
  if (String(row.extra).toLowerCase().includes('default_generated'))
    return { text: `(${withoutBackslashes(text)})`, untold: /[^ -~\s]|\?/.test(text) }
  if (isHex(row)) return { text: /^0x$/i.test(text) ? "''" : text, untold: true }
  return told(familyOf(String(row.type)) === 'bit' ? text : literal(text))
}

const changing =
  /current_(timestamp|date|time|user)|now\(|cur(date|time)\(|sysdate|local_?time|utc_|unix_timestamp\(|uuid|rand|nextval|lastval|connection_id|user\(/i

/** May it be another value each time, also because it reads other columns, or one that cannot be told? */
export const isVolatile = ({ text, untold }: Default): boolean =>
  text !== null && (untold || changing.test(text) || readsColumns(text))

/** An expression that names other columns. */
export const readsColumns = (text: string | null): boolean => text !== null && namesInCheck(text, true).length > 0
