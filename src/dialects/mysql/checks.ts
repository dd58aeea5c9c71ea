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

/**
 * The only column that a CHECK of a column names, where it goes by that name. Any other one may be of another column: it goes by the name
 * that its column had when it was made, and may name others, or none.
 */
function plainOwner(check: Row): string | null {
  const named = new Set(namesInCheck(String(check.definition), true))
  return named.size === 1 && named.has(String(check.name)) ? String(check.name) : null
}

/** Does only the table's definition tell whose these CHECKs are? */
export const needsDefinition = (checks: readonly Row[]): boolean =>
  checks.some((check) => inColumn(check) && plainOwner(check) === null)

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
    const own = plainOwner(check) ?? definedWith(columns, text, definition)
    const column = columns.find(({ name }) => name === own)
    if (own === null || column === undefined || ofColumn.has(own))
      throw refused('catalog.check', `it cannot be told which column of ${table} has this CHECK: ${text}`, {
        hint: 'Make it a CHECK of the table: alter table ... add constraint <name> check (...), and drop it from its column.',
      })
    ofColumn.set(own, text)
    return !isJson(column, text)
  })
  return { ofTable, ofColumn }
}

/** The column in whose line of the definition a CHECK stands; it is the last that is said of a column. */
function definedWith(columns: readonly Row[], check: string, definition: string): string | null {
  const lines = definition.split(/,?\n {2}(?=`)/).map((line) => line.replace(/,?\n(?: {2}(?:[A-Z]+ )|\)).*/s, ''))
  const found = columns.filter(({ name }) =>
    lines.some((line) => line.startsWith(`${quote(String(name))} `) && line.endsWith(` CHECK (${check})`)),
  )
  return found.length === 1 ? String(found[0]?.name) : null
}

/** JSON is another name for this on MariaDB, which says it as well as a text and a CHECK. */
export const isJson = (row: Row, check: string): boolean =>
  row.type === 'longtext' && row.collation === 'utf8mb4_bin' && check === `json_valid(${quote(String(row.name))})`

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
