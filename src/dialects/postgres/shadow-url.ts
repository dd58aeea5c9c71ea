import { quote } from './sql.ts'

/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(name)}`
  return changed.href
}

/**
 * The same address, with unqualified names looked up in these schemas: as on the target, where the path may be a setting of the
 * role or the database. A setting of the connection comes before both, and RESET goes back to it.
 */
export function withSearchPath(url: string, schemas: readonly string[]): string {
  const changed = new URL(url)
  const path = schemas.map((schema) => quote(schema)).join(',')
  // The server splits options at spaces that no backslash stands before (manual, 34.1.2).
  const setting = `-c search_path=${path.replace(/([\\\s])/g, '\\$1')}`
  const given = changed.searchParams.get('options')
  changed.searchParams.set('options', given === null ? setting : `${given} ${setting}`)
  return changed.href
}
