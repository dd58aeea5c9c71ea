import type { LeftOut, Origin, ReadStatement } from '../../capture.ts'
import { splitStatements } from '../expressions.ts'
import { type Node, tokens, visit } from '../parser.ts'
import { statementKind } from '../statement-kind.ts'
import { constantsOf } from './constants.ts'
import { withoutValues } from './without-values.ts'

/** How a text of the statistics is read. */
export const normalised = 'normalised'

/** What touches rows and is looked up at execution only; every other one of its kind defines something, or keeps house. */
const worthKeeping = new Set(['CopyStmt', 'TruncateStmt', 'LockStmt', 'RefreshMatViewStmt'])

/**
 * The statements of a text. `bound`: how many parameters the client declared for it. `mode`: `normalised` is a text from the statistics,
 * which have put parameters in the place of all values, also where the grammar takes none.
 */
export function readStatements(sql: string, bound: number, mode = ''): readonly (ReadStatement | LeftOut)[] {
  const found = (() => {
    try {
      return splitStatements(sql, 'captured')
    } catch {
      return null
    }
  })()
  if (found === null)
    return [mode === normalised ? broken(sql) : { kind: 'left out', why: 'unreadable', what: firstWord(sql) }]
  return found.map(({ text, tree }) => readOne(text, tree, bound))
}

/** As it is, for a check to say that it cannot be judged; where it is sure to hold no value. */
function broken(sql: string): ReadStatement | LeftOut {
  const what = firstWord(sql)
  const safe = /^(select|with|insert|update|delete|merge)$/i.test(what) && !hasLiterals(sql)
  if (!safe) return { kind: 'left out', why: 'unreadable', what }
  const text = withoutComments(sql)
  return { kind: 'statement', sql: text, parameters: asBound(mostIn(text, 0)), words: [what.toLowerCase()] }
}

function hasLiterals(sql: string): boolean {
  try {
    return tokens(sql).some(({ kind }) => /CONST$/.test(kind))
  } catch {
    return true
  }
}

function readOne(text: string, tree: Node, bound: number): ReadStatement | LeftOut {
  const [type, node] = (Object.entries(tree)[0] ?? ['', {}]) as [string, Node]
  const what = firstWord(text)
  if (type === 'PrepareStmt') return readPrepared(text)
  const { kind } = statementKind(text)
  if (kind === 'session' || type === 'ExecuteStmt') return { kind: 'left out', why: 'session', what }
  if (kind === 'utility' && !worthKeeping.has(type)) return { kind: 'left out', why: 'definition', what }
  if (type === 'CreateTableAsStmt' && node.objtype === 'OBJECT_MATVIEW')
    return { kind: 'left out', why: 'definition', what }
  // A file of the server, or a program there: that is its keeper's work, and the name may be a secret.
  if (type === 'CopyStmt' && node.filename !== undefined) return { kind: 'left out', why: 'definition', what }
  const words = [what.toLowerCase(), firstTable(tree)].filter((word) => word !== null)
  // The tree of the text by itself: the places in it are those of the text.
  const clean = withoutValues(text, constantsOf(treeOf(text)), bound)
  if (clean === null || !isOne(clean.sql)) {
    const raw = withoutComments(text)
    return { kind: 'statement', sql: raw, parameters: asBound(mostIn(raw, bound)), words, raw: true }
  }
  return { kind: 'statement', sql: clean.sql, parameters: [...asBound(clean.given), ...clean.literals], words }
}

/** Some places of the grammar take a literal and no parameter. */
function isOne(sql: string): boolean {
  try {
    return splitStatements(sql, 'captured').length === 1
  } catch {
    return false
  }
}

/** PREPARE keeps the statement behind its AS, with the types in its parentheses. */
function readPrepared(text: string): ReadStatement | LeftOut {
  const source = Buffer.from(text)
  const all = tokens(text)
  const as = all.findIndex((token) => token.text.toLowerCase() === 'as')
  const inner = source.subarray(all[as]?.end ?? source.length).toString('utf8')
  const open = all.slice(0, as).find((token) => token.text === '(')
  const close = all.slice(0, as).findLast((token) => token.text === ')')
  const types = open && close ? splitTypes(source.subarray(open.end, close.start).toString('utf8')) : []
  const [read] = readStatements(inner, types.length)
  if (read?.kind !== 'statement') return read ?? { kind: 'left out', why: 'unreadable', what: 'PREPARE' }
  const parameters = read.parameters.map(
    (origin): Origin => ('bound' in origin ? { literal: null, type: types[origin.bound] ?? null } : origin),
  )
  return { ...read, parameters, kept: true }
}

/** `numeric(10,2), text` */
const splitTypes = (text: string): readonly string[] =>
  [...text.matchAll(/(?:[^,(]|\([^)]*\))+/g)].map(([piece]) => piece.trim())

const asBound = (count: number): readonly Origin[] => Array.from({ length: count }, (_, at) => ({ bound: at }))

const mostIn = (sql: string, bound: number): number =>
  Math.max(bound, ...tokens(sql).map((token) => Number(/^\$(\d+)$/.exec(token.text)?.[1] ?? 0)))

const treeOf = (text: string): Node => splitStatements(text, 'captured')[0]?.tree ?? {}

function withoutComments(text: string): string {
  const source = Buffer.from(text)
  let at = 0
  const pieces: string[] = []
  for (const { start, end } of tokens(text)) {
    const between = source.subarray(at, start).toString('utf8')
    pieces.push(/^\s*$/.test(between) ? between : ' ', source.subarray(start, end).toString('utf8'))
    at = end
  }
  return pieces.join('').trim()
}

/** What a person calls it: `INSERT`, `CREATE TABLE`. Never a name or a value. */
function firstWord(text: string): string {
  const words = /^(?:\s+|--[^\n]*|\/\*.*?\*\/|\()*([a-z]+)(?:\s+([a-z]+))?/is.exec(text)
  const [, first = 'statement', second] = words ?? []
  const kinds = /^(create|alter|drop|comment|grant|revoke|reindex)$/i.test(first)
  return [first, ...(kinds && second !== undefined && second.length < 12 ? [second] : [])].join(' ').toUpperCase()
}

function firstTable(tree: Node): string | null {
  let found: string | null = null
  const own = new Set<unknown>()
  visit(tree, (type, node) => {
    if (type === 'CommonTableExpr') own.add(node.ctename)
  })
  visit({ tree }, (_type, node) => {
    for (const part of [node, node.RangeVar, node.relation] as (Node | undefined)[]) {
      if (found === null && typeof part?.relname === 'string' && !own.has(part.relname)) found = part.relname
    }
  })
  return found
}

/** Whether a statement names a column of this name, or may fill it without naming it. */
export function mentions(sql: string, column: string): boolean {
  const wanted = column.toLowerCase()
  if (tokens(sql).some(({ text }) => text.replace(/^"|"$/g, '').replaceAll('""', '"').toLowerCase() === wanted))
    return true
  let byPlace = false
  visit(
    splitStatements(sql, 'captured').map(({ tree }) => tree),
    (type, node) => {
      if (type === 'InsertStmt' && node.cols === undefined && node.selectStmt !== undefined) byPlace = true
      if (type === 'CallStmt') byPlace = true
    },
  )
  return byPlace
}
