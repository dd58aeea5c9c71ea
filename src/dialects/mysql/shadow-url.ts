/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(name)}`
  return changed.href
}

/** Does the address name a server only? What cannot be read is left to whoever connects, and says why. */
export function namesNone(url: string): boolean {
  try {
    return new URL(url).pathname.replace('/', '') === ''
  } catch {
    return false
  }
}

/** An address that leads to the server whatever databases it has. */
export const serverOnly = (url: string): string => withDatabase(url, 'information_schema')
