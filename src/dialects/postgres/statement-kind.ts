import type { StatementKind } from '../check.ts'
import { copyStatement } from './copy-statement.ts'
import { parse, visit } from './parser.ts'

// transformStmt() analyses these (parser/analyze.c); everything else passes through Parse untouched.
const analysed = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'ReturnStmt',
  'PLAssignStmt',
  'DeclareCursorStmt',
  'ExplainStmt',
  'CreateTableAsStmt',
  'CallStmt',
])
const ofSession = new Set([
  'TransactionStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'DiscardStmt',
  'DeallocateStmt',
  'ListenStmt',
  'UnlistenStmt',
  'NotifyStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'ConstraintsSetStmt',
])

/** Looks at the parse tree; a text that our grammar cannot read is left to the server's judgement. */
export function statementKind(text: string): StatementKind {
  const tree = parsed(text)
  const [type] = Object.keys(tree?.stmts?.[0]?.stmt ?? {})
  let star = false
  visit(tree, (node) => {
    if (node === 'A_Star') star = true
  })
  if (type === undefined || analysed.has(type) || copyStatement(text) !== null) return { kind: 'analysed', star }
  return { kind: ofSession.has(type) ? 'session' : 'utility', star }
}

function parsed(text: string): ReturnType<typeof parse> | null {
  try {
    return parse(text)
  } catch {
    return null
  }
}
