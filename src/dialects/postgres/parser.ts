import { loadModule, parseSync, scanSync } from 'libpg-query'

/** Loads PostgreSQL's own grammar. Must have resolved once before anything of this file is called. */
export async function loadParser(): Promise<void> {
  await loadModule()
}

/** A node of the parse tree: one key, the node's type. */
export type Node = Record<string, unknown>

/** Parses one statement or several; throws the parser's own error. */
export function parse(text: string): {
  readonly stmts?: readonly { readonly stmt: Node; readonly stmt_location?: number; readonly stmt_len?: number }[]
} {
  return parseSync(text) as never
}

/** A token with its place in bytes. */
export interface Token {
  readonly start: number
  readonly end: number
  readonly text: string
  /** The grammar's word for it: `SCONST`, `ICONST`. */
  readonly kind: string
}

/** The tokens of a text, comments left out. */
export function tokens(text: string): readonly Token[] {
  return scanSync(text)
    .tokens.filter((token) => !token.tokenName.endsWith('COMMENT'))
    .map(({ start, end, text: own, tokenName }) => ({
      start,
      end,
      text: own,
      kind: unnamed.test(own) ? 'SCONST' : tokenName,
    }))
}

// The library has no name for bits, and for texts with Unicode escapes.
const unnamed = /^(?:[bx]|u&)'/i

/** Calls back for every node of a type, wherever it stands in the tree. */
export function visit(tree: unknown, found: (type: string, node: Node) => void): void {
  if (Array.isArray(tree)) {
    for (const item of tree) visit(item, found)
    return
  }
  if (tree === null || typeof tree !== 'object') return
  for (const [type, node] of Object.entries(tree)) {
    if (node !== null && typeof node === 'object' && !Array.isArray(node)) found(type, node as Node)
    visit(node, found)
  }
}
