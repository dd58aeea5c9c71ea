/** Keys of rows as a server gives them: a list, the text of one where it has no type for that, or nothing. */
export function listOf(found: unknown): readonly string[] {
  const list: unknown = typeof found === 'string' ? JSON.parse(found) : found
  if (!Array.isArray(list)) return []
  return list.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
}
