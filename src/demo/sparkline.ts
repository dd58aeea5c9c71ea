const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** Values as bars from zero to the greatest of them, in at most so many columns; several values in one column are averaged. */
export function sparkline(values: readonly number[], columns: number = 20): string {
  const wide = Math.min(columns, values.length)
  const columnsOf = Array.from({ length: wide }, (_, column) => {
    const from = Math.floor((column * values.length) / wide)
    const part = values.slice(from, Math.floor(((column + 1) * values.length) / wide))
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
  const most = Math.max(...columnsOf, Number.MIN_VALUE)
  return columnsOf.map((value) => bars[Math.min(bars.length - 1, Math.floor((value / most) * bars.length))]).join('')
}
