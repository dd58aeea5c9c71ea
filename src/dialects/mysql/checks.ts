import { type RawBuilder, sql } from 'kysely'
import { refused } from '../../errors.ts'
import { quote } from './sql.ts'

type Row = Record<string, unknown>

/** The CHECKs of a table, and those that are part of a column's definition (MariaDB), by its name. */
export interface SortedChecks {
  readonly ofTable: readonly Row[]
  readonly ofColumn: ReadonlyMap<string, string>
}

const inColumn = ({ level }: Row): boolean => level === 'Column'

/** The CHECK that makes its column JSON goes by that column's name and names nothing else, unless the column was renamed. */
const ofJson = (check: Row): boolean => check.definition === jsonCheck(String(check.name))

/**
 * Does only the table's definition tell whose these CHECKs are? Any other one goes by the name that its column had when it was made,
 * and may name others, or none; and information_schema tells its text without the characters that take four bytes.
 */
export const needsDefinition = (checks: readonly Row[]): boolean =>
  checks.some((check) => inColumn(check) && !ofJson(check))

/** The definition of a table, as the server writes it. */
export const definitionQuery = (schema: string, table: string): RawBuilder<unknown> =>
  sql`show create table ${sql.id(schema, table)}`

/**
 * Tells the CHECKs of the table from those of its columns; what only makes a column JSON is its type, and no CHECK.
 *
 * @throws BellowsError exit 3 for one whose column cannot be told: what defines that column again would take the CHECK away
 */
export function sortChecks(
  table: string,
  checks: readonly Row[],
  columns: readonly Row[],
  definition: string,
): SortedChecks {
  const ofColumn = new Map<string, string>()
  const ofTable = checks.filter((check) => {
    if (!inColumn(check)) return true
    const text = String(check.definition)
    // Several may say the same: then it does not matter which of them is whose.
    const free = columns.filter(({ name }) => !ofColumn.has(String(name)))
    const own = ofJson(check)
      ? free.flatMap((column) => (column.name === check.name ? { column, text } : []))[0]
      : definedWith(free, text, definition)
    if (own === undefined)
      throw refused('catalog.check', `it cannot be told which column of ${table} has this CHECK: ${text}`, {
        hint: 'Make it a CHECK of the table: alter table ... add constraint <name> check (...), and drop it from its column.',
      })
    ofColumn.set(String(own.column.name), own.text)
    return !isJson(own.column, own.text)
  })
  return { ofTable, ofColumn }
}

/** The first column in whose line of the definition a CHECK stands, and what it says there; it is the last that is said of a column. */
function definedWith(
  columns: readonly Row[],
  check: string,
  definition: string,
): { readonly column: Row; readonly text: string } | undefined {
  const lines = definition.split(/,?\n {2}(?=`)/).map((line) => line.replace(/,?\n(?: {2}(?:[A-Z]+ )|\)).*/s, ''))
  return columns.flatMap((column) => {
    const line = lines.find((each) => each.startsWith(`${quote(String(column.name))} `)) ?? ''
    const said = [...line.matchAll(/ CHECK \(/g)].map(({ index }) => line.slice(index + ' CHECK ('.length))
    const text = said.find((each) => narrow(each) === narrow(`${check})`))
    return text === undefined ? [] : [{ column, text: text.slice(0, -1) }]
  })[0]
}

/** A text with a question mark for what information_schema has no characters for, which writes several. */
const narrow = (text: string): string => text.replace(/[?\u{10000}-\u{10ffff}]+/gu, '?')

const jsonCheck = (column: string): string => `json_valid(${quote(column)})`

/** JSON is another name for this on MariaDB, which says it as well as a text and a CHECK. */
export const isJson = (row: Row, check: string): boolean =>
  row.type === 'longtext' && row.collation === 'utf8mb4_bin' && check === jsonCheck(String(row.name))

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' }

/** MySQL keeps the text of a CHECK, and of an expression, with backslashes before what is special. */
export const withoutBackslashes = (text: string): string =>
  text.replace(/\\(.)/gs, (_, letter: string) => controls[letter] ?? letter)

/** The columns that a CHECK names: the server writes each between backticks, and what stands in a literal is none. */
export function namesInCheck(definition: string, mariadb: boolean): readonly string[] {
  const text = mariadb ? definition : withoutBackslashes(definition)
  return [...text.matchAll(/'(?:[^'\\]|\\.|'')*'|`((?:[^`]|``)*)`/gs)].flatMap(([, name]) =>
    name === undefined ? [] : [name.replaceAll('``', '`')],
  )
}
