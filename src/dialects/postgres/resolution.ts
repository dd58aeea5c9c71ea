import type pg from 'pg'
import type { Resolution } from '../check.ts'
import { type Node, parse } from './parser.ts'
import { quote } from './sql.ts'

/** What a statement comes to mean once its names are looked up. */
export interface Meaning {
  readonly resolved: Resolution
  /** The columns that an INSERT fills by their place, in order; with a star in what it reads, also from which. */
  readonly fills?: readonly string[]
}

const name = 'bellows_check'

/**
 * What the names in a statement mean: as the body of a function, which the server keeps analysed and prints with every name qualified
 * (manual, CREATE FUNCTION, `sql_body`). Nothing is left of it. Null where the server takes no such statement as a body.
 */
export async function meaningOf(client: pg.Client, text: string, types: readonly string[]): Promise<Meaning | null> {
  const own = treeOf(text)
  if (own === null) return null
  const printed = await print(client, text, types)
  const tree = printed === null ? null : treeOf(`create function f() returns void language sql ${printed}`)
  return tree === null ? null : readMeaning(own, tree)
}

async function print(client: pg.Client, text: string, types: readonly string[]): Promise<string | null> {
  const head = `create function pg_temp.${name}(${types.join(', ')}) returns void language sql begin atomic `
  try {
    // In one message: there are many statements. With an empty path every table is printed with its schema.
    const results: unknown = await client.query(
      `begin; ${head}${text.replace(/[;\s]+$/, '')}\n; end; set local search_path to ''; select pg_get_function_sqlbody('pg_temp.${quote(name)}'::regproc) as body`,
    )
    const rows = ((results as readonly pg.QueryResult<{ body: string }>[]).at(-1)?.rows ?? []) as readonly {
      body: string
    }[]
    return rows[0]?.body ?? null
  } catch (error) {
    // What the server does not take as a body is not compared; a lost connection shows at the next statement.
    if ((error as { code?: string }).code === undefined) throw error
    return null
  } finally {
    await client.query('rollback').catch(() => undefined)
  }
}

function treeOf(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return null
  }
}

/** Compares what was written with how the server reads it. Pure. */
export function readMeaning(own: unknown, printed: unknown): Meaning {
  const star = all(own, 'A_Star').length > 0
  // A star is printed as its columns, and that these change is told by the result.
  const skipped = star ? ['targetList', 'returningList', 'returningClause'] : []
  const columns = all(printed, 'ColumnRef', skipped).flatMap((node) => nameOf(node) ?? [])
  const joins = all(printed, 'JoinExpr').flatMap(({ usingClause }) =>
    Array.isArray(usingClause) ? [usingClause.map(stringOf).join(', ')] : [],
  )
  const fills = fillsOf(first(own, 'InsertStmt'), first(printed, 'InsertStmt'))
  return { resolved: { columns, joins }, ...(fills === null ? {} : { fills }) }
}

function fillsOf(own: Node | null, printed: Node | null): readonly string[] | null {
  if (own === null || printed === null) return null
  const [written, read] = [targets(own.selectStmt), targets(printed.selectStmt)]
  const byStar = written.some((target) => all(target, 'A_Star').length > 0)
  if (Array.isArray(own.cols) && !byStar) return null
  const columns = (Array.isArray(printed.cols) ? printed.cols : []) as readonly { ResTarget?: { name?: string } }[]
  return columns.map(({ ResTarget }, at) => {
    const source = byStar ? all(read[at], 'ColumnRef').map(nameOf) : []
    return source[0] ? `${ResTarget?.name} from ${source[0]}` : String(ResTarget?.name)
  })
}

function targets(select: unknown): readonly unknown[] {
  const list = (select as { SelectStmt?: { targetList?: unknown } } | undefined)?.SelectStmt?.targetList
  return Array.isArray(list) ? list : []
}

function nameOf({ fields }: Node): string | null {
  if (!Array.isArray(fields) || fields.some((field) => 'A_Star' in field)) return null
  return fields.map(stringOf).join('.')
}

const stringOf = (node: unknown): string => String((node as { String?: { sval?: string } }).String?.sval)

/** The statement itself, not one in a part of it. */
function first(tree: unknown, type: string): Node | null {
  const [statement] = ((tree as { stmts?: readonly { stmt: Node }[] }).stmts ?? []).map(({ stmt }) => stmt)
  const body = (statement?.CreateFunctionStmt as { sql_body?: unknown } | undefined)?.sql_body
  return ((body === undefined ? statement : inner(body))?.[type] as Node | undefined) ?? null
}

/** A body is a list in a list. */
function inner(body: unknown): Node | undefined {
  const items = (body as { List?: { items?: readonly unknown[] } }).List?.items
  return items === undefined ? (body as Node) : inner(items[0])
}

/** All nodes of a type, without what stands under these keys of a SELECT or at a RETURNING. */
function all(tree: unknown, type: string, skipped: readonly string[] = []): readonly Node[] {
  const found: Node[] = []
  const walk = (node: unknown, of: string): void => {
    if (Array.isArray(node)) {
      for (const item of node) walk(item, of)
      return
    }
    if (node === null || typeof node !== 'object') return
    for (const [key, value] of Object.entries(node)) {
      if (skipped.includes(key) && !(key === 'targetList' && of !== 'SelectStmt')) continue
      if (key === type) found.push(value as Node)
      walk(value, key)
    }
  }
  walk(tree, '')
  return found
}
