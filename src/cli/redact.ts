const hidden = '***'

/** Takes secrets out of a text. */
export type Redact = (text: string) => string

/**
 * `scheme://user:password@` up to the last `@` before the path, so that an unescaped `@` in a password goes too. The
 * very words `user:password`, as hints write them, stay.
 */
const userinfo = /\b([a-z][a-z0-9+.-]*:\/\/)(?!user:password@[^@\s]*(?:\s|$))[^\s/?#"'`<>]*@/gi
const passwordParameter = /\b(password|passwd|pwd|sslpassword)=('[^']*'|[^\s&'"`]+)/gi

/**
 * Makes a redactor that knows the connection's own password besides the usual shapes of URLs and connection strings.
 * Passwords that also stand elsewhere in the URL (user `postgres`, password `postgres`) or are shorter than six
 * characters are not searched for by value: that would blot out ordinary words and hide nothing.
 */
export function createRedactor(urls: readonly string[]): Redact {
  const values = [...new Set(urls.flatMap(passwordsIn))].sort((a, b) => b.length - a.length)
  return (text) => {
    const shaped = text.replace(userinfo, `$1${hidden}@`).replace(passwordParameter, `$1=${hidden}`)
    return values.reduce((result, value) => result.replaceAll(value, hidden), shaped)
  }
}

/** The password of a URL: as written, and decoded; empty when it has none. */
export function passwordsIn(url: string): readonly string[] {
  const raw = [
    /^[a-z][a-z0-9+.-]*:\/\/[^:/?#@]*:([^?#]*)@/i.exec(url)?.[1],
    /[?&]password=([^&#]*)/i.exec(url)?.[1],
  ].filter((password) => password !== undefined)
  const both = raw.flatMap((password) => [password, decode(password)])
  const rest = raw.reduce((text, password) => text.replace(password, ''), url)
  return both.filter((password) => password.length >= 6 && !rest.includes(password))
}

/** True when a URL carries a password, however short. */
export function hasPassword(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^:/?#@]*:[^@]+@/i.test(url) || /[?&]password=[^&#]/i.test(url)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Redacts every string inside a value, for JSON. */
export function redactDeep(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((inner) => redactDeep(inner, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactDeep(inner, redact)]))
}
