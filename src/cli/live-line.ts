import type { Terminal } from './io.ts'
import { cut } from './render/table.ts'

/** Lines above, and one line at the bottom that is drawn over. */
export interface LiveLine {
  /** Prints a line above the live one, which stays. */
  readonly above: (text: string) => void
  /** Prints a line in the place of the live one. */
  readonly instead: (text: string) => void
  readonly draw: (text: string) => void
  readonly clear: () => void
}

/** For terminals only: uses a carriage return and the code that clears to the end of the line. */
export function liveLine(stream: Terminal): LiveLine {
  let live = ''
  const clear = (): void => {
    if (live !== '') stream.write('\r\u001b[K')
    live = ''
  }
  const draw = (text: string): void => {
    clear()
    live = cut(text, stream.columns - 1)
    stream.write(live)
  }
  const instead = (text: string): void => {
    clear()
    stream.write(`${text}\n`)
  }
  const above = (text: string): void => {
    const below = live
    instead(text)
    if (below !== '') draw(below)
  }
  return { above, instead, draw, clear }
}
