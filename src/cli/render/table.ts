const escapeCodes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')

/** How many columns a text takes on a terminal, colours not counted. */
export function width(text: string): number {
  return [...text.replaceAll(escapeCodes, '')].length
}

/** A text in at most so many columns. Colours would be cut through, so a text that is too long loses them. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text
  const plain = [...text.replaceAll(escapeCodes, '')]
  return `${plain.slice(0, Math.max(0, columns - 1)).join('')}…`
}

/**
 * Rows with their columns lined up by padding: no frames, so that it can be copied, and cut with the usual tools.
 * Numbers are right-aligned where `right` names the column's position.
 */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => width(row[column] ?? ''))),
  )
  const cell = (text: string, column: number): string => {
    const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(text)))
    return right.includes(column) ? padding + text : text + padding
  }
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}
