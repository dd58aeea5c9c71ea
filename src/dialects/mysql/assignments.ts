import type { Assignment } from '../round-trip.ts'
import { isName, isWord, type Lexing, lex, type Token } from './lexer.ts'

/** Where INSERT, REPLACE and UPDATE put bare parameters: `values (?, ?)` behind a list of columns, and `column = ?`. */
export function assignments(statement: string, lexing?: Lexing): readonly Assignment[] {
  const all = lex(statement, lexing)
  if (isWord(all[0], 'insert', 'replace')) return ofInsert(all)
  return isWord(all[0], 'update') ? ofUpdate(all) : []
}

const isMark = (token: Token | undefined, text: string): boolean => token?.kind === 'mark' && token.text === text

/** The number of a placeholder, from 0. */
const placeOf = (all: readonly Token[], at: number): number =>
  all.slice(0, at).filter((token) => isMark(token, '?')).length

/** The last part of the qualified name that begins at or after a place. */
function tableAt(all: readonly Token[], from: number): { readonly table: string; readonly next: number } | null {
  let at = from
  while (isWord(all[at], 'low_priority', 'high_priority', 'delayed', 'ignore', 'into')) at++
  while (isMark(all[at + 1], '.')) at += 2
  const name = all[at]
  return isName(name) ? { table: name.name, next: at + 1 } : null
}

function ofInsert(all: readonly Token[]): readonly Assignment[] {
  const found = tableAt(all, 1)
  if (found === null) return []
  const { table, next } = found
  const put: Assignment[] = []
  let at = next
  const columns: string[] = []
  if (isMark(all[at], '(')) {
    for (at++; at < all.length && !isMark(all[at], ')'); at++) {
      const token = all[at]
      if (isName(token)) columns.push(token.name)
    }
    at++
  }
  if (columns.length > 0 && isWord(all[at], 'values', 'value')) {
    for (at++; isMark(all[at], '('); at += isMark(all[at + 1], ',') ? 2 : 1) {
      const end = closing(all, at)
      const items = itemsOf(all, at + 1, end)
      for (const [index, [from, to]] of items.entries()) {
        const column = columns[index]
        if (column !== undefined && to - from === 1 && isMark(all[from], '?'))
          put.push({ table, column, parameter: placeOf(all, from) })
      }
      at = end
    }
  }
  return [...put, ...ofSets(all, at, table)]
}

function ofUpdate(all: readonly Token[]): readonly Assignment[] {
  const found = tableAt(all, 1)
  const set = all.findIndex((token) => isWord(token, 'set'))
  // Of several tables nothing says whose a column is.
  if (
    found === null ||
    set === -1 ||
    all.slice(found.next, set).some((token) => isMark(token, ',') || isWord(token, 'join'))
  )
    return []
  const where = all.findIndex((token, at) => at > set && isWord(token, 'where'))
  return ofSets(all.slice(0, where === -1 ? all.length : where), set, found.table)
}

/** `column = ?` that is all of an assignment. */
function ofSets(all: readonly Token[], from: number, table: string): readonly Assignment[] {
  return all.flatMap((token, at) => {
    const [before, name] = [all[at - 3], all[at - 2]]
    const begins = isWord(before, 'set', 'update') || isMark(before, ',') || isMark(before, '.')
    const ends = all[at + 1] === undefined || isMark(all[at + 1], ',') || isMark(all[at + 1], ';')
    if (at <= from || !isMark(token, '?') || !isMark(all[at - 1], '=') || !isName(name) || !begins) return []
    return ends ? [{ table, column: name.name, parameter: placeOf(all, at) }] : []
  })
}

function closing(all: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < all.length; at++) {
    if (isMark(all[at], '(')) depth++
    if (isMark(all[at], ')') && --depth === 0) return at
  }
  return all.length
}

function itemsOf(all: readonly Token[], from: number, to: number): readonly (readonly [number, number])[] {
  const items: [number, number][] = []
  let [begin, depth] = [from, 0]
  for (let at = from; at < to; at++) {
    if (isMark(all[at], '(')) depth++
    if (isMark(all[at], ')')) depth--
    if (depth === 0 && isMark(all[at], ',')) {
      items.push([begin, at])
      begin = at + 1
    }
  }
  return [...items, [begin, to]]
}
