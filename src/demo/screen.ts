import { cut } from '../cli/render/table.ts'

/** Lines that stay, and on a terminal below them a few that are drawn over and over. */
export interface Screen {
  readonly line: (text: string) => void
  /** Shows these below, in the place of the ones before; on a terminal only. */
  readonly live: (lines: readonly string[]) => void
  /** The last word on what was live: these lines stay. */
  readonly settle: (lines: readonly string[]) => void
}

/** `write` ends what it is given with a newline, so the live lines are above the cursor, which goes up over them. */
export function createScreen(write: (text: string) => void, isTTY: boolean): Screen {
  let shown: readonly string[] = []
  const draw = (above: readonly string[], live: readonly string[]): void => {
    const lines = [...above, ...live]
    if (lines.length === 0) return
    write((shown.length === 0 ? '' : `\u001b[${shown.length}A\u001b[J`) + lines.join('\n'))
    shown = live
  }
  return {
    line: (text) => draw([text], shown),
    live: (lines) => {
      const columns = (process.stdout.columns ?? 80) - 1
      // A line that wraps would be two to go up over.
      if (isTTY)
        draw(
          [],
          lines.map((line) => cut(line, columns)),
        )
    },
    settle: (lines) => draw(lines, []),
  }
}
