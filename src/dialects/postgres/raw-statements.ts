import { usageError } from '../../errors.ts'
import type { RawStatement } from '../shared/raw-sql.ts'
import { splitStatements } from './expressions.ts'
import { type Node, tokens, visit } from './parser.ts'

/**
 * A script of an author's, in statements. Those that no transaction may hold run outside one.
 *
 * @throws BellowsError exit 2 for what only a client, or a session or transaction of one's own, understands
 */
export function rawStatements(script: string, what: string): readonly RawStatement[] {
  return statementsOf(script, what).map(({ text, tree }): RawStatement => {
    refuse(text, tree, what)
    if (!outsideTransaction(tree)) return { text, transaction: true }
    return isHarmless(tree) ? { text, transaction: false } : { text, transaction: false, once: 'whole' }
  })
}

function statementsOf(script: string, what: string): ReturnType<typeof splitStatements> {
  try {
    return splitStatements(script, what)
  } catch (error) {
    const said = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = said instanceof Error ? said.message : String(said)
    throw usageError('migration.raw-sql', `${what}: ${why}\n  ${script.trim()}`, {
      hint: 'Write statements as the server takes them, each ended with a semicolon.',
      cause: said,
    })
  }
}

const ofSession = new Set([
  'VariableSetStmt',
  'DiscardStmt',
  'LoadStmt',
  'ListenStmt',
  'UnlistenStmt',
  'PrepareStmt',
  'ExecuteStmt',
  'DeallocateStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
])

function refuse(text: string, tree: Node, what: string): void {
  const [type, node] = bodyOf(tree)
  const word = tokens(text)[0]?.text.toUpperCase() ?? ''
  const no = (why: string, hint: string): Error =>
    usageError('migration.raw-sql', `${what}: ${why}\n  ${text}`, { hint })
  if (type === 'TransactionStmt')
    throw no(
      `${word} is not for a migration`,
      'Each statement is in a transaction with its record already, where the server allows that; leave it out.',
    )
  if (node.is_local === true || type === 'ConstraintsSetStmt')
    throw no(`${word} is about one transaction, and each statement has one of its own`, inBlock)
  if (ofSession.has(type)) throw no(`${word} is about the session`, onAnother)
  if (type === 'CopyStmt' && node.filename === undefined)
    throw no(
      'COPY of rows that a client sends or takes',
      'There is no such client here. Name a file of the server, or say INSERT.',
    )
  if (type !== 'SelectStmt') return
  visit(tree, (kind, call) => {
    if (kind === 'FuncCall' && setsForSession(call)) throw no('set_config() is about the session', onAnother)
  })
}

const inBlock =
  'Put what it is for and the setting into one DO block, or give a function its own settings: CREATE FUNCTION ... SET.'
const onAnother = `Each statement is a step of its own, and may be run on another connection than the one before. ${inBlock}`

/** As pg_dump begins; only what the text itself calls local ends with its statement. */
function setsForSession(call: Node): boolean {
  const { funcname = [], args = [] } = call as {
    funcname?: readonly { String?: { sval?: string } }[]
    args?: readonly { A_Const?: { boolval?: { boolval?: boolean } } }[]
  }
  return funcname.at(-1)?.String?.sval === 'set_config' && args[2]?.A_Const?.boolval?.boolval !== true
}

function bodyOf(tree: Node): readonly [string, Node] {
  const [type, node] = Object.entries(tree)[0] ?? ['', {}]
  return [type, node as Node]
}

/** What only keeps house does the same twice. */
const isHarmless = (tree: Node): boolean => ['VacuumStmt', 'ReindexStmt'].includes(Object.keys(tree)[0] ?? '')

/** CREATE INDEX CONCURRENTLY, VACUUM and their kind refuse to run in a transaction (25001). */
function outsideTransaction(tree: Node): boolean {
  const [type, node] = bodyOf(tree)
  const body = node as {
    concurrent?: boolean
    is_vacuumcmd?: boolean
    params?: readonly { DefElem?: { defname?: string } }[]
  }
  if (type === 'VacuumStmt') return body.is_vacuumcmd === true
  if (type === 'ReindexStmt') return (body.params ?? []).some((param) => param.DefElem?.defname === 'concurrently')
  return (
    body.concurrent === true || ['CreatedbStmt', 'DropdbStmt', 'AlterSystemStmt', 'CreateTableSpaceStmt'].includes(type)
  )
}
