import type { Assignment } from '../round-trip.ts'
import { type Node, parse, visit } from './parser.ts'

/** Where INSERT and UPDATE put bare parameters, also below WITH and behind ON CONFLICT; a cast leaves one bare. */
export function assignments(statement: string): readonly Assignment[] {
  const found: Assignment[] = []
  try {
    visit(parse(statement), (type, node) => {
      if (type === 'InsertStmt') found.push(...ofInsert(node as unknown as Insert))
      if (type === 'UpdateStmt') found.push(...ofTargets(node as unknown as Update))
    })
  } catch {
    // What the grammar does not know puts nothing anywhere.
  }
  return found
}

interface Relation {
  readonly relation?: { readonly relname?: string }
}
interface Update extends Relation {
  readonly targetList?: readonly Node[]
}
interface Insert extends Relation {
  readonly cols?: readonly Node[]
  readonly selectStmt?: {
    readonly SelectStmt?: { readonly valuesLists?: readonly Node[]; readonly targetList?: readonly Node[] }
  }
  readonly onConflictClause?: { readonly targetList?: readonly Node[] }
}
interface Target {
  readonly name?: string
  readonly val?: Node
}

const target = (node: Node): Target => (node.ResTarget ?? {}) as Target

function ofInsert({ relation, cols = [], selectStmt, onConflictClause }: Insert): readonly Assignment[] {
  const table = relation?.relname
  if (table === undefined) return []
  const columns = cols.map((each) => target(each).name)
  const { valuesLists = [], targetList } = selectStmt?.SelectStmt ?? {}
  const rows = valuesLists.map(
    (list) => ((list.List as { items?: readonly Node[] } | undefined)?.items ?? []) as readonly Node[],
  )
  const selected = targetList === undefined ? [] : [targetList.map((each) => target(each).val)]
  const put = [...rows, ...selected].flatMap((values) =>
    values.flatMap((value, at) => assignment(table, columns[at], value)),
  )
  return [...put, ...ofTargets({ relation: { relname: table }, targetList: onConflictClause?.targetList ?? [] })]
}

const ofTargets = ({ relation, targetList = [] }: Update): readonly Assignment[] =>
  targetList.flatMap((each) => assignment(relation?.relname, target(each).name, target(each).val))

function assignment(
  table: string | undefined,
  column: string | undefined,
  value: Node | undefined,
): readonly Assignment[] {
  const inner = ((value?.TypeCast as { arg?: Node } | undefined)?.arg ?? value)?.ParamRef as
    | { number?: number }
    | undefined
  if (table === undefined || column === undefined || inner?.number === undefined) return []
  return [{ table, column, parameter: inner.number - 1 }]
}
