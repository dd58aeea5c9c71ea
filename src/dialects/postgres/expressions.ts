import { usageError } from '../../errors.ts'
import { type Node, parse, type Token, tokens, visit } from './parser.ts'

/** A scalar, parsed: where its columns stand, what it calls and casts to. */
export interface ParsedScalar {
  readonly text: string
  readonly columns: readonly { readonly name: string; readonly start: number; readonly end: number }[]
  /** Unqualified names of functions. */
  readonly functions: readonly string[]
  /** Unqualified names of types in casts. */
  readonly types: readonly string[]
  /** Node types and operators, to judge what it can do. */
  readonly shape: ReadonlySet<string>
}

const prefix = 'SELECT (\n'
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8')

/** Aggregates of pg_catalog that an author may take for scalars. */
const aggregates = new Set(
  'count sum avg min max string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every bit_and bit_or stddev variance any_value'.split(
    ' ',
  ),
)

/** Functions whose value belongs to the session that asks: the trigger and the backfill would disagree. */
const sessionFunctions = new Set(
  'current_setting set_config current_schema current_schemas current_database current_query pg_backend_pid inet_client_addr inet_client_port inet_server_addr inet_server_port txid_current pg_current_xact_id session_user currval lastval'.split(
    ' ',
  ),
)

/** Functions of pg_catalog that give another value at each call or each moment. */
const volatileFunctions = new Set(
  'random random_normal gen_random_uuid uuidv4 uuidv7 clock_timestamp statement_timestamp transaction_timestamp timeofday now nextval setval pg_sleep'.split(
    ' ',
  ),
)

/**
 * Parses an `up`, `down`, `default` or `onError` with PostgreSQL's own grammar.
 *
 * @throws BellowsError exit 2: not one scalar, a subquery, an aggregate, a session function, a parameter.
 */
export function parseScalar(text: string, what: string, table: string): ParsedScalar {
  const source = `${prefix}${text}\n)`
  const tree = parseOrExplain(source, text, what)
  const target = singleTarget(tree)
  if (target === null) throw wrong(what, text, 'it is not one scalar expression')
  const all = tokens(source)
  const shape = new Set<string>()
  const columns: { name: string; start: number; end: number }[] = []
  const functions: string[] = []
  const types: string[] = []
  visit(target, (type, node) => {
    shape.add(type)
    refuseType(type, node, what, text)
    if (type === 'A_Expr') for (const name of names(node.name)) shape.add(`operator ${name}`)
    if (type === 'ColumnRef') columns.push(column(node, all, table, what, text))
    if (type === 'FuncCall') {
      const called = names(node.funcname)
      if (called.length === 1 && called[0] !== undefined) functions.push(called[0])
      shape.add(`function ${called.at(-1)}`)
    }
    if (type === 'typeName' || type === 'TypeName') {
      const cast = names(node.names)
      if (cast.length === 1 && cast[0] !== undefined) types.push(cast[0])
      shape.add(`cast ${cast.at(-1)}${node.typmods === undefined ? '' : '()'}`)
    }
  })
  return { text, columns, functions, types, shape }
}

function parseOrExplain(source: string, text: string, what: string): ReturnType<typeof parse> {
  try {
    return parse(source)
  } catch (error) {
    throw wrong(what, text, error instanceof Error ? error.message : String(error), error)
  }
}

/** The one output of `SELECT (…)`, or null when the text closed the parenthesis and went on by itself. */
function singleTarget(tree: ReturnType<typeof parse>): Node | null {
  const select = tree.stmts?.length === 1 ? (tree.stmts[0]?.stmt.SelectStmt as Node | undefined) : undefined
  if (select === undefined) return null
  const clauses = Object.keys(select).filter((key) => !['targetList', 'limitOption', 'op'].includes(key))
  const targets = select.targetList as readonly Node[] | undefined
  const result = targets?.[0]?.ResTarget as Node | undefined
  if (clauses.length > 0 || targets?.length !== 1 || result === undefined || result.name !== undefined) return null
  return { val: result.val }
}

function names(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item) => {
    const text = (item as { String?: { sval?: string } }).String?.sval
    return text === undefined ? [] : [text]
  })
}

function refuseType(type: string, node: Node, what: string, text: string): void {
  if (type === 'SubLink')
    throw wrong(what, text, 'a subquery reads other rows, which change without the trigger knowing')
  if (type === 'ParamRef') throw wrong(what, text, 'there is nothing to bind a parameter to')
  if (type === 'SetToDefault') throw wrong(what, text, 'DEFAULT is a word of INSERT and UPDATE')
  if (type === 'RowExpr') throw wrong(what, text, 'it is a row, not one scalar')
  if (type === 'SQLValueFunction' && /USER|ROLE|CATALOG|SCHEMA/.test(String(node.op))) {
    throw wrong(what, text, 'its value depends on the session that asks')
  }
  if (type !== 'FuncCall') return
  const called = names(node.funcname).at(-1) ?? ''
  if (node.agg_star || node.agg_distinct || node.over || node.agg_order || aggregates.has(called)) {
    throw wrong(what, text, `${called}() is an aggregate or a window function: it reads other rows`)
  }
  if (sessionFunctions.has(called)) throw wrong(what, text, `${called}() depends on the session that asks`)
}

function column(
  node: Node,
  all: readonly Token[],
  table: string,
  what: string,
  text: string,
): { name: string; start: number; end: number } {
  const fields = names(node.fields)
  const given = node.fields as readonly unknown[]
  const name = fields.at(-1)
  const qualified = fields.length === 2 && fields[0] === table
  if (name === undefined || fields.length !== given.length || (fields.length !== 1 && !qualified)) {
    throw wrong(what, text, `${fields.join('.') || '*'} is not a column of the row`)
  }
  const first = all.findIndex((token) => token.start === node.location)
  const last = all[first + (fields.length - 1) * 2]
  const start = all[first]
  if (start === undefined || last === undefined) throw wrong(what, text, `the place of ${name} in it was not found`)
  const offset = prefix.length
  return { name, start: start.start - offset, end: last.end - offset }
}

function wrong(what: string, text: string, why: string, cause?: unknown): Error {
  return usageError('migration.expression', `${what} cannot be used: ${why}\n  ${text}`, {
    hint: 'An expression is one SQL scalar over the columns of the row, in the dialect of the database.',
    cause,
  })
}

/** The expression with every column replaced by what `place` gives for it. The places come from the parser. */
export function bindScalar(scalar: Pick<ParsedScalar, 'text' | 'columns'>, place: (column: string) => string): string {
  const source = bytes(scalar.text)
  let out = ''
  let at = 0
  for (const column of [...scalar.columns].sort((a, b) => a.start - b.start)) {
    out += source.subarray(at, column.start).toString('utf8') + place(column.name)
    at = column.end
  }
  return out + source.subarray(at).toString('utf8')
}

/** Does its value change from call to call or moment to moment? */
export function isVolatile(scalar: ParsedScalar, userVolatile: ReadonlySet<string>): boolean {
  if (scalar.shape.has('SQLValueFunction')) return true
  return (
    [...scalar.shape].some(
      (part) => part.startsWith('function ') && volatileFunctions.has(part.slice('function '.length)),
    ) || scalar.functions.some((name) => userVolatile.has(name))
  )
}

/** A type as an author writes it, parsed: its name without a modifier, and whether it has one. */
export interface ParsedType {
  readonly text: string
  /** Without precision or length, so that a cast to it raises no less than an assignment does. */
  readonly bare: string
  readonly name: string
  readonly modified: boolean
  readonly schema: string | null
}

/** @throws BellowsError exit 2 when it is not the name of one type. */
export function parseType(text: string, what: string): ParsedType {
  const source = `SELECT NULL::${text}`
  const tree = parseOrExplain(source, text, what)
  const target = singleTarget(tree)
  const cast = (target?.val as { TypeCast?: { typeName?: Node; arg?: Node } } | undefined)?.TypeCast
  const constant = (cast?.arg as { A_Const?: unknown } | undefined)?.A_Const
  if (cast?.typeName === undefined || constant === undefined) throw wrong(what, text, 'it is not the name of one type')
  const parts = names(cast.typeName.names)
  const modified = cast.typeName.typmods !== undefined
  const array = cast.typeName.arrayBounds !== undefined
  // Without a length, the grammar takes char and bit for char(1) and bit(1), and a cast to those cuts silently.
  const last = parts.at(-1) ?? ''
  const fixed = modified && (last === 'bpchar' || last === 'bit')
  return {
    text,
    bare: fixed ? `pg_catalog."${last}"${array ? '[]' : ''}` : modified ? withoutModifier(text) : text,
    name: `${parts.at(-1) ?? text}${array ? '[]' : ''}`,
    modified,
    schema: parts.length > 1 && parts[0] !== 'pg_catalog' ? (parts[0] ?? null) : null,
  }
}

function withoutModifier(text: string): string {
  const all = tokens(text)
  const open = all.find((token) => token.text === '(')
  const close = all.findLast((token) => token.text === ')')
  if (open === undefined || close === undefined) return text
  const source = bytes(text)
  return (source.subarray(0, open.start).toString('utf8') + source.subarray(close.end).toString('utf8')).trim()
}

/** The statements of a script, each as its own text. */
export function splitStatements(
  script: string,
  what: string,
): readonly { readonly text: string; readonly tree: Node }[] {
  const tree = parseOrExplain(script, script, what)
  const source = bytes(script)
  return (tree.stmts ?? []).map((item) => {
    const start = item.stmt_location ?? 0
    const length = item.stmt_len ?? source.length - start
    return {
      text: source
        .subarray(start, start + length)
        .toString('utf8')
        .trim(),
      tree: item.stmt,
    }
  })
}
