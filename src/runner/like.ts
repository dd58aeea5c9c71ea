/** SQL LIKE, without escapes: `%` is any text, `_` one character. A pattern without either has to be the whole text. */
export function likePattern(pattern: string, text: string): boolean {
  const source = [...pattern].map((char) =>
    char === '%' ? '.*' : char === '_' ? '.' : char.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  )
  return new RegExp(`^${source.join('')}$`, 'su').test(text)
}
