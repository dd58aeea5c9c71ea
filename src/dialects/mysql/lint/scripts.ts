import { splitStatements } from '../script.ts'

/** A statement of a file, and where it begins. */
export interface Piece {
  readonly text: string
  readonly start: number
}

const word = /^[ \t]*delimiter[ \t]+(\S+)[^\n]*(?:\n|$)/gim

/** The statements of a file, as the mysql client takes it apart: DELIMITER is a word of the client's. */
export function piecesOf(script: string): readonly Piece[] {
  const found: Piece[] = []
  let from = 0
  let delimiter = ';'
  for (const match of script.matchAll(word)) {
    found.push(...split(script.slice(from, match.index), from, delimiter))
    from = match.index + match[0].length
    delimiter = match[1] ?? ';'
  }
  return [...found, ...split(script.slice(from), from, delimiter)]
}

function split(text: string, from: number, delimiter: string): readonly Piece[] {
  if (delimiter === ';') return splitStatements(text).map((own) => ({ text: own.text, start: from + own.start }))
  // Delimiters are chosen so that they stand nowhere else.
  let at = from
  return text.split(delimiter).flatMap((part) => {
    const start = at
    at += part.length + delimiter.length
    return splitBody(part).map((own) => ({ text: own.text, start: start + own.start }))
  })
}

/** One body; with a semicolon between two statements they are two, as for the server. */
const splitBody = (part: string): readonly Piece[] => splitStatements(part)
