import type { RawSql } from '../../../planner/change.ts'
import type { Context } from '../../shared/context.ts'
import { arrangeRaw, type RawStatement } from '../../shared/raw-sql.ts'
import { splitStatements } from '../expressions.ts'
import type { Node } from '../parser.ts'

/** Statements of the author's own. Those that no transaction may hold run outside one. */
export function arrangeRawSql(context: Context, change: RawSql): void {
  arrangeRaw(context, change, (script, what) =>
    splitStatements(script, what).map(({ text, tree }): RawStatement => {
      if (!outsideTransaction(tree)) return { text, transaction: true }
      return isHarmless(tree) ? { text, transaction: false } : { text, transaction: false, once: 'whole' }
    }),
  )
}

/** What only keeps house does the same twice. */
const isHarmless = (tree: Node): boolean => ['VacuumStmt', 'ReindexStmt'].includes(Object.keys(tree)[0] ?? '')

/** CREATE INDEX CONCURRENTLY, VACUUM and their kind refuse to run in a transaction (25001). */
function outsideTransaction(tree: Node): boolean {
  const [type, node] = Object.entries(tree)[0] ?? ['', {}]
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
