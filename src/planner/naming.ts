const encoder = new TextEncoder()

/** FNV-1a, 32 bits, as 8 hex digits (Fowler, Noll, Vo; the reference parameters). Not for security: it only keeps cut names apart. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of encoder.encode(text)) {
    hash ^= byte
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** Cuts a name to so many bytes of UTF-8 without splitting a character. */
export function cutBytes(name: string, bytes: number): string {
  let used = 0
  let out = ''
  for (const char of name) {
    used += encoder.encode(char).length
    if (used > bytes) break
    out += char
  }
  return out
}

/** PostgreSQL's and MySQL's limits differ (63 bytes, 64 characters); the smaller one serves both. */
export const maxNameBytes = 63

/**
 * The name of an object of ours: `bellows_<kind>_<8 hex>_<name, cut>`. The hash covers everything that makes the object
 * what it is, so two long names with the same beginning stay apart.
 */
export function ownName(kind: string, identity: readonly string[], name: string): string {
  const head = `bellows_${kind}_${shortHash(identity.join('\u0000'))}_`
  return head + cutBytes(name, maxNameBytes - head.length)
}
