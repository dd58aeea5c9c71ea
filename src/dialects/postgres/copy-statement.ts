import { parse, tokens } from './parser.ts'
import { quote } from './sql.ts'

/** What a COPY reads or fills, as queries that can be prepared. */
export type CopyStatement =
  /** `columns`: its list; null where it has none and takes all that there are. */
  | { readonly table: string; readonly columns: readonly string[] | null; readonly fills: boolean }
  | { readonly query: string }

interface Tree {
  readonly relation?: { readonly schemaname?: string; readonly relname: string }
  readonly attlist?: readonly { readonly String: { readonly sval: string } }[]
  readonly is_from?: boolean
}

/** Reads a COPY; null for every other statement. The server looks at its names when it is executed only. */
export function copyStatement(text: string): CopyStatement | null {
  const tree = treeOf(text)
  if (tree === undefined) return null
  const { relation, attlist, is_from: fills = false } = tree
  if (relation === undefined) return { query: between(text) }
  const name = relation.schemaname === undefined ? [] : [relation.schemaname]
  const columns = attlist?.map(({ String: { sval } }) => sval) ?? null
  return { table: quote(...name, relation.relname), columns, fills }
}

function treeOf(text: string): Tree | undefined {
  try {
    return parse(text).stmts?.[0]?.stmt.CopyStmt as Tree | undefined
  } catch {
    return undefined
  }
}

/** What stands in the first parenthesis. Tokens count bytes. */
function between(text: string): string {
  let depth = 0
  let from = 0
  for (const token of tokens(text)) {
    if (token.text === '(' && ++depth === 1) from = token.end
    if (token.text === ')' && --depth === 0) return Buffer.from(text).subarray(from, token.start).toString()
  }
  return ''
}
