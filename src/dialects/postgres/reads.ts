import type { Catalog, TableRef } from '../../planner/catalog.ts'
import type { OldShape, Reads } from '../statement-use.ts'
import { type Node, parse, tokens } from './parser.ts'

/** A table, or what stands in the place of one. */
interface Source {
  readonly alias: string
  /** It is the one with the old shape. */
  readonly own: boolean
  /** Null where they are not known: of a subquery, a view, a function. */
  readonly columns: ReadonlySet<string> | null
}

/** What names may be of, from the inside to the outside. */
type Scopes = readonly (readonly Source[])[]

interface Reading {
  readonly table: TableRef
  readonly columns: ReadonlySet<string>
  readonly catalog: Catalog
  names: boolean
  all: boolean
}

type Verdict = Reads | null

/** What is executed by itself; the rest defines something, keeps house, or only plans. */
const executed = new Set([
  ...['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt', 'CallStmt'],
  ...['DeclareCursorStmt', 'CreateTableAsStmt', 'PrepareStmt', 'ExecuteStmt'],
])

/**
 * Does a statement name a column of the old shape, or take all columns of its table? Names are resolved by their scopes and the catalog;
 * what may be one of the old shape is taken for it. Null where it has nothing of it.
 */
export function readsOf(text: string, shape: OldShape, catalog: Catalog): Verdict {
  const statements = parsed(text)
  if (statements === null) return byTokens(text, shape)
  const found = statements.map(({ stmt }): Verdict => {
    const [type] = Object.keys(stmt)
    if (type === 'DoStmt') return byWords(text, shape)
    if (type === undefined || !(executed.has(type) || analyzes(stmt)) || !namesTable(stmt, shape.table)) return null
    const { table, columns } = shape
    const reading: Reading = { table, columns: new Set(columns), catalog, names: false, all: false }
    walk(reading, stmt, [])
    return verdict(reading)
  })
  return verdict({ names: found.includes('names'), all: found.includes('all') })
}

/** Null where the grammar does not take it. */
function parsed(text: string): readonly { readonly stmt: Node }[] | null {
  // The statistics put a parameter where the grammar takes none but a text: `interval $1`.
  for (const attempt of [() => text, () => withTexts(text)]) {
    try {
      return parse(attempt()).stmts ?? []
    } catch {}
  }
  return null
}

/** A text in the place of each parameter. */
function withTexts(text: string): string {
  const bytes = Buffer.from(text)
  let end = 0
  const pieces = tokens(text).flatMap((token) => {
    if (!/^\$\d+$/.test(token.text)) return []
    const before = bytes.subarray(end, token.start).toString()
    end = token.end
    return [before, "'1'"]
  })
  return [...pieces, bytes.subarray(end).toString()].join('')
}

/** EXPLAIN that executes. */
function analyzes({ ExplainStmt: explain }: Node): boolean {
  const options = listOf((explain as Node | undefined)?.options) as { DefElem?: { defname?: unknown } }[]
  return options.some(({ DefElem }) => DefElem?.defname === 'analyze')
}

const verdict = ({ names, all }: Pick<Reading, 'names' | 'all'>): Verdict => (names ? 'names' : all ? 'all' : null)

function namesTable(tree: unknown, table: TableRef): boolean {
  if (Array.isArray(tree)) return tree.some((item) => namesTable(item, table))
  if (tree === null || typeof tree !== 'object') return false
  return isTable(tree as Node, table) || Object.values(tree).some((item) => namesTable(item, table))
}

const isTable = ({ relname, schemaname }: Node, { schema, name }: TableRef): boolean =>
  relname === name && (schemaname === undefined || schemaname === schema)

function walk(reading: Reading, tree: unknown, scopes: Scopes): void {
  if (Array.isArray(tree)) {
    for (const item of tree) walk(reading, item, scopes)
  } else if (tree !== null && typeof tree === 'object') {
    for (const [type, node] of Object.entries(tree)) visitNode(reading, type, node, scopes)
  }
}

type Visit = (reading: Reading, node: Node, scopes: Scopes) => void

function visitNode(reading: Reading, type: string, node: unknown, scopes: Scopes): void {
  const visit = visits[type]
  if (visit === undefined || node === null || typeof node !== 'object') walk(reading, node, scopes)
  else visit(reading, node as Node, scopes)
}

/** The statement itself is one side of a UNION under these keys; of a JOIN a side is a node. */
const side: Visit = (reading, node, scopes) =>
  node.op === undefined ? walk(reading, node, scopes) : select(reading, node, scopes)

const visits: Readonly<Record<string, Visit>> = {
  SelectStmt: (reading, node, scopes) => select(reading, node, scopes),
  larg: side,
  rarg: side,
  InsertStmt: (reading, node, scopes) => insert(reading, node, scopes),
  UpdateStmt: (reading, node, scopes) => {
    filled(reading, node.targetList, sourceOf(reading, node.relation as Node))
    change(reading, node, scopes)
  },
  DeleteStmt: (reading, node, scopes) => change(reading, node, scopes),
  MergeStmt: (reading, node, scopes) => merge(reading, node, scopes),
  CopyStmt: (reading, node, scopes) => {
    const own = node.relation !== undefined && isTable(node.relation as Node, reading.table)
    if (own && node.attlist === undefined) reading.all = true
    if (own) anyOf(reading, node.attlist)
    // COPY FROM has a condition.
    const rows = node.relation === undefined ? [] : [sourceOf(reading, node.relation as Node)]
    walk(reading, node, [rows, ...scopes])
  },
  RangeVar: (reading, node, scopes) => {
    if (isTable(node, reading.table) && namesColumns(node)) reading.all = true
    walk(reading, node, scopes)
  },
  JoinExpr: (reading, node, scopes) => {
    const own = sourcesOf(reading, { JoinExpr: node }).some((each) => each.own)
    if (own && (node.isNatural === true || namesColumns(node))) reading.all = true
    if (own) anyOf(reading, node.usingClause)
    walk(reading, node, scopes)
  },
  SubLink: (reading, node, scopes) => {
    const inner = (node.subselect as Node | undefined)?.SelectStmt as Node | undefined
    // What EXISTS selects is of no account.
    if (node.subLinkType === 'EXISTS_SUBLINK' && inner !== undefined)
      select(reading, { ...inner, targetList: [] }, scopes)
    else walk(reading, node, scopes)
  },
  A_Indirection: (reading, node, scopes) => {
    anyOf(reading, node.indirection)
    walk(reading, node, scopes)
  },
  ColumnRef: (reading, node, scopes) => column(reading, listOf(node.fields).map(textOf), scopes),
}

/** `users AS u (a, b)`: which columns these are goes by their order. */
const namesColumns = ({ alias }: Node): boolean => (alias as Node | undefined)?.colnames !== undefined

function select(reading: Reading, node: Node, outer: Scopes): void {
  const scopes = [sourcesOf(reading, node.fromClause), ...outer]
  const { sortClause, ...rest } = node
  walk(reading, rest, scopes)
  const given = listOf(node.targetList).map((target) => (target as { ResTarget?: Node }).ResTarget?.name)
  for (const item of listOf(sortClause)) {
    const sorted = (item as { SortBy?: { node?: { ColumnRef?: Node } } }).SortBy?.node?.ColumnRef
    const fields = listOf(sorted?.fields)
    // What is selected under that name comes before a column.
    if (fields.length !== 1 || !given.includes(textOf(fields[0]) ?? '')) walk(reading, item, scopes)
  }
}

function insert(reading: Reading, node: Node, scopes: Scopes): void {
  const into = sourceOf(reading, node.relation as Node)
  const conflict = node.onConflictClause as { targetList?: unknown; infer?: { indexElems?: unknown } } | undefined
  for (const list of [node.cols, conflict?.targetList, conflict?.infer?.indexElems]) filled(reading, list, into)
  if (into.own && node.cols === undefined && node.selectStmt !== undefined) reading.all = true
  change(reading, node, scopes)
}

function merge(reading: Reading, node: Node, scopes: Scopes): void {
  const into = sourceOf(reading, node.relation as Node)
  for (const { MergeWhenClause: when } of listOf(node.mergeWhenClauses) as { MergeWhenClause?: Node }[]) {
    filled(reading, when?.targetList, into)
    if (into.own && when?.commandType === 'CMD_INSERT' && when.targetList === undefined) reading.all = true
  }
  change(reading, node, scopes)
}

/** What changes a table sees it, what it is joined with, and the rows as they were, are and were to be. */
function change(reading: Reading, node: Node, outer: Scopes): void {
  const { selectStmt, withClause, relation, ...rest } = node
  const into = sourceOf(reading, relation as Node)
  const rows = ['excluded', 'old', 'new'].map((alias): Source => ({ ...into, alias }))
  const others = [node.fromClause, node.usingClause, node.sourceRelation].flatMap((from) => sourcesOf(reading, from))
  walk(reading, withClause, outer)
  visitNode(reading, 'selectStmt', selectStmt, outer)
  walk(reading, rest, [[into, ...others, ...rows], ...outer])
}

/** Columns that are given a value, or that a conflict is about. */
function filled(reading: Reading, list: unknown, into: Source): void {
  const targets = listOf(list) as { ResTarget?: Node; IndexElem?: Node }[]
  const names = targets.map(({ ResTarget, IndexElem }) => String(ResTarget?.name ?? IndexElem?.name))
  if (into.own && names.some((name) => reading.columns.has(name))) reading.names = true
}

/** A list of names that belong to the table. */
function anyOf(reading: Reading, list: unknown): void {
  if (listOf(list).some((each) => reading.columns.has(textOf(each) ?? ''))) reading.names = true
}

function column(reading: Reading, names: readonly (string | null)[], scopes: Scopes): void {
  const last = names.at(-1) ?? null
  const qualifier = names.at(-2) ?? null
  if (qualifier === null) {
    if (last !== null) bare(reading, last, scopes)
    else if (scopes[0]?.some(({ own }) => own)) reading.all = true
    return
  }
  const at = scopes.find((scope) => scope.some(({ alias }) => alias === qualifier))
  if (at?.some(({ alias, own }) => alias === qualifier && own) === false) return
  if (last === null) reading.all = true
  else if (reading.columns.has(last)) reading.names = true
}

/** A name alone is of the innermost scope that has it, and two tables of one scope cannot both have it. */
function bare(reading: Reading, name: string, scopes: Scopes): void {
  for (const scope of scopes) {
    const own = scope.some((each) => each.own)
    if (own && reading.columns.has(name)) reading.names = true
    // The row as a whole.
    else if (scope.some((each) => each.own && each.alias === name)) reading.all = true
    if (own || scope.some(({ columns }) => columns?.has(name) === true)) return
  }
}

function sourcesOf(reading: Reading, from: unknown): readonly Source[] {
  if (Array.isArray(from)) return from.flatMap((item) => sourcesOf(reading, item))
  const [[type, node] = []] = Object.entries((from ?? {}) as Record<string, Node>)
  if (node === undefined) return []
  if (type === 'RangeVar') return [sourceOf(reading, node)]
  if (type === 'RangeTableSample') return sourcesOf(reading, node.relation)
  const joined = type === 'JoinExpr' ? [node.larg, node.rarg].flatMap((each) => sourcesOf(reading, each)) : []
  const { aliasname } = (node.alias ?? {}) as { aliasname?: string }
  return type === 'JoinExpr' && aliasname === undefined
    ? joined
    : [...joined, { alias: aliasname ?? '', own: joined.some(({ own }) => own), columns: null }]
}

function sourceOf({ table, catalog }: Reading, range: Node): Source {
  const name = String(range.relname)
  const known = catalog.tables.filter(
    (each) => each.name === name && (range.schemaname === undefined || each.schema === range.schemaname),
  )
  const [only] = known
  return {
    alias: (range.alias as { aliasname?: string } | undefined)?.aliasname ?? name,
    own: isTable(range, table),
    columns: known.length === 1 && only !== undefined ? new Set(only.columns.map((each) => each.name)) : null,
  }
}

const listOf = (node: unknown): readonly unknown[] => (Array.isArray(node) ? node : [])

/** A name in a list of names; null for a star. */
function textOf(node: unknown): string | null {
  const text = (node as { String?: { sval?: unknown } } | undefined)?.String?.sval
  return typeof text === 'string' ? text : null
}

/** What executes begins so. */
const verbs = ['select', 'insert', 'update', 'delete', 'merge', 'copy', 'with', 'table', 'values', 'declare', 'prepare']

/** Both names are there; else what no grammar reads is not known. */
function byTokens(text: string, { table, columns }: OldShape): Verdict {
  let all: readonly string[]
  try {
    all = tokens(text).map(({ text: word }) =>
      word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase(),
    )
  } catch {
    return byWords(text, { table, columns })
  }
  if (!all.includes(table.name)) return null
  if (all.some((word) => columns.includes(word))) return 'names'
  return verbs.includes(all.find((word) => word !== '(') ?? '') ? 'unclear' : null
}

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []

/** A body is only text. */
function byWords(text: string, { table, columns }: OldShape): Verdict {
  const there = new Set(words(text))
  const has = (name: string): boolean => words(name).every((word) => there.has(word))
  return verdict({ names: has(table.name) && columns.some(has), all: false })
}
