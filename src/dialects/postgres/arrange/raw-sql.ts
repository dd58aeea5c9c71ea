import type { RawSql } from '../../../planner/change.ts'
import type { Phase, Step, UndoPart } from '../../../planner/steps.ts'
import { type Context, hazard, stepId } from '../../shared/context.ts'
import { splitStatements } from '../expressions.ts'
import type { Node } from '../parser.ts'

/** Statements of the author's own, each a step. Those that no transaction may hold run outside one. */
export function arrangeRawSql(context: Context, change: RawSql): void {
  const undo = change.rollback === null ? null : parts(change.rollback)
  let first = true
  for (const phase of ['expand', 'backfill', 'contract'] as const) {
    const script = change[phase]
    if (script === null) continue
    for (const { text, tree } of splitStatements(script, `rawSql.${phase}`)) {
      context.phases[phase].push(
        rawStep(context, phase, text, tree, undo === null ? null : first ? undo : [], change.reason),
      )
      first = false
    }
  }
  hazard(
    context,
    'raw-sql',
    'warn',
    `statements of your own are not checked: ${change.reason}`,
    'Look at them as plan prints them, and say what takes them back in rollback.',
  )
}

function rawStep(
  context: Context,
  phase: Phase,
  text: string,
  tree: Node,
  undo: readonly UndoPart[] | null,
  reason: string,
): Step {
  const number = context.phases[phase].filter((step) => step.kind === 'raw').length + 1
  return {
    id: stepId(phase, 'raw', String(number)),
    kind: 'raw',
    description: reason,
    tables: [],
    transaction: !outsideTransaction(tree),
    actions: [{ do: 'raw', sql: text }],
    // The first step carries the whole way back, because it is taken back last.
    undo: undo ?? [],
    // `rollback` takes back everything at once, so there is no way back from contracted to backfilled.
    reversible: undo !== null && phase !== 'contract',
  }
}

function parts(script: string): readonly UndoPart[] {
  return splitStatements(script, 'rawSql.rollback').map(({ text, tree }) => ({
    transaction: !outsideTransaction(tree),
    actions: [{ do: 'raw', sql: text }],
  }))
}

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
