import type { Node } from '../parser.ts'

/** A literal in the parse tree, and what may be done about it. Places are in bytes. */
export interface Constant {
  readonly at: number
  /**
   * `value`: a parameter may take its place. `shared`: the same literal has to be the same parameter, as what is selected has to be
   * what is grouped by. `code`: it says how and not what: the number of a column, the length of a type.
   */
  readonly role: 'value' | 'shared' | 'code'
  /** `date '2020-01-02'`: where the name of the type begins, which stands before it. */
  readonly typedFrom: number | null
  /** What takes it takes a value of any type: of a parameter the server asks which, a literal is text to it. */
  readonly anyType?: true
}

/** The server's functions with arguments of any type ("any"), of which a literal in quotes may be one. */
const ofAnyType = new Set([
  ...['concat', 'concat_ws', 'format', 'count', 'num_nulls', 'num_nonnulls'],
  ...['json_build_object', 'json_build_array', 'jsonb_build_object', 'jsonb_build_array'],
])

type Role = Constant['role']

/** All literals of a tree. */
export function constantsOf(tree: unknown): readonly Constant[] {
  const found: Constant[] = []
  collect(tree, 'value', found)
  return found
}

const placeOf = (node: Node): number => Number(node.location ?? 0)

function collect(node: unknown, role: Role, found: Constant[]): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, role, found)
    return
  }
  if (node === null || typeof node !== 'object') return
  for (const [key, value] of Object.entries(node)) {
    if (value === null || typeof value !== 'object') continue
    const part = value as Node
    if (key === 'A_Const') found.push({ at: placeOf(part), role, typedFrom: null })
    // Without its node type, where the grammar allows one type of node only.
    else if (key === 'TypeName' || key === 'typeName' || key === 'infer' || key === 'InferClause')
      collect(part, 'code', found)
    else if (key === 'TypeCast') cast(part, role, found)
    else if (key === 'FuncCall') call(part, role, found)
    else if (key === 'sortClause' || key === 'groupClause' || key === 'distinctClause') byPlace(part, found)
    else if (key === 'partitionClause' || key === 'orderClause') collect(part, 'shared', found)
    else collect(part, role, found)
  }
}

function cast(node: Node, role: Role, found: Constant[]): void {
  const { A_Const: constant } = (node.arg ?? {}) as { A_Const?: Node }
  const type = node.typeName as Node | undefined
  const typedFrom = type === undefined ? -1 : placeOf(type)
  if (constant === undefined || typedFrom < 0 || typedFrom > placeOf(constant)) {
    collect(
      Object.entries(node).map(([key, part]) => ({ [key]: part })),
      role,
      found,
    )
    return
  }
  collect({ typeName: type }, 'code', found)
  found.push({ at: placeOf(constant), role, typedFrom })
}

/** EXTRACT('year' FROM x): the grammar takes a literal only. */
function call(node: Node, role: Role, found: Constant[]): void {
  const names = (node.funcname ?? []) as readonly { String?: { sval?: string } }[]
  const { args, ...rest } = node
  const all = (args ?? []) as readonly unknown[]
  const name = names.at(-1)?.String?.sval ?? ''
  const isExtract = name === 'extract' && node.funcformat === 'COERCE_SQL_SYNTAX'
  collect(isExtract ? all.slice(0, 1) : [], 'code', found)
  for (const each of isExtract ? all.slice(1) : all) {
    const { A_Const: constant } = each as { A_Const?: Node }
    if (constant === undefined || !ofAnyType.has(name)) collect(each, role, found)
    else found.push({ at: placeOf(constant), role, typedFrom: null, anyType: true })
  }
  // Order and filter of an aggregate.
  collect(
    Object.entries(rest).map(([key, part]) => ({ [key]: part })),
    role,
    found,
  )
}

/** A bare number there is the number of a column. */
function byPlace(list: unknown, found: Constant[]): void {
  for (const item of Array.isArray(list) ? list : [list]) {
    const inner = inside(item)
    if (Array.isArray(inner)) byPlace(inner, found)
    else if (isNumber(inner)) collect(inner, 'code', found)
    else collect(item, 'shared', found)
  }
}

function inside(item: unknown): unknown {
  const { SortBy, GroupingSet } = (item ?? {}) as { SortBy?: Node; GroupingSet?: Node }
  return GroupingSet?.content ?? SortBy?.node ?? item
}

const isNumber = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && 'ival' in ((item as { A_Const?: object }).A_Const ?? {})
