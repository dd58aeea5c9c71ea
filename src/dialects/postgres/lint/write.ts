import type { Operation } from '../../../planner/lint/operations.ts'
import { visit } from '../parser.ts'
import { child, type Tree, tableOf, text } from './nodes.ts'

const verbs = { UpdateStmt: 'update', DeleteStmt: 'delete', InsertStmt: 'insert' } as const

/** A statement that changes rows. */
export function writeOf(type: keyof typeof verbs, node: Tree): Operation {
  const verb = verbs[type]
  return { do: 'write', verb, table: tableOf(child(node, 'relation')), rows: rowsOf(verb, node), texts: textsOf(node) }
}

function rowsOf(verb: string, node: Tree): 'all' | 'lacking' | 'some' {
  if (verb === 'insert') {
    const select = child(child(node, 'selectStmt'), 'SelectStmt')
    return select.fromClause === undefined || select.whereClause !== undefined ? 'some' : 'all'
  }
  const where = node.whereClause
  if (where === undefined) return 'all'
  return names(where) ? 'some' : 'lacking'
}

/** A comparison that picks rows, or another table that does; `IS NULL`, `<>` and NOT leave nearly all. */
function names(where: unknown): boolean {
  let picks = false
  visit(where, (type, node) => {
    if (type === 'SubLink' || type === 'ParamRef') picks = true
    if (type !== 'A_Expr') return
    const operator = JSON.stringify(node.name)
    if (!operator.includes('<>') && !operator.includes('!=')) picks = true
  })
  return picks
}

/** Texts that stand in a statement, as labels of enums do. */
function textsOf(tree: Tree): readonly string[] {
  const found: string[] = []
  visit(tree, (type, node) => {
    if (type === 'A_Const') found.push(text(child(node as Tree, 'sval'), 'sval'))
  })
  return found.filter((own) => own !== '')
}
