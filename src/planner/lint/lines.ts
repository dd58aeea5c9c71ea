/** The line, from 1, of a place in a text whose line breaks stand at these places: asked once for each statement of a file. */
export function lineFinder(breaks: readonly number[]): (at: number) => number {
  return (at) => {
    let [from, to] = [0, breaks.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if ((breaks[middle] ?? 0) < at) from = middle + 1
      else to = middle
    }
    return from + 1
  }
}

/** The same for places that are characters of a text. */
export function linesOf(text: string): (at: number) => number {
  const breaks: number[] = []
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) breaks.push(at)
  return lineFinder(breaks)
}
