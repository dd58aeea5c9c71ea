import type { Detour } from '../../capture.ts'
import { redirectUrl } from '../../shared/redirect.ts'

/** What says where the server is, or how it is to be proven that it is the one. */
const ofThePlace = /^(socket|(use|require|trust|verify|disable)?ssl.*|tls.*|ssl[-_]?mode|usecompression|compress)$/i
/** `user:password@tcp(host:3306)/database`, as Go has it. */
const dsn = /^(.*@)?(?:tcp|unix)\([^)]*\)(\/[^?]*)(?:\?(.*))?$/s

/** An address as an app has it, with its way through the proxy. */
export function redirect(url: string, port: number): string | null {
  if (/^(jdbc:)?(mysql|mariadb)/i.test(url) && url.includes('://')) return redirectUrl(url, port, ofThePlace, '')
  const parts = dsn.exec(url)
  if (parts === null) return null
  const [, user = '', path = '', query = ''] = parts
  const kept = query.split('&').filter((pair) => pair !== '' && !ofThePlace.test(pair.split('=')[0] ?? ''))
  return `${user}tcp(127.0.0.1:${port})${path}${kept.length === 0 ? '' : `?${kept.join('&')}`}`
}

/** A password from a token stands in the URL then. */
export function detour(url: string, secret: string | undefined, port: number): Detour {
  const whole = new URL(redirect(url, port) ?? url)
  if (secret !== undefined) whole.password = encodeURIComponent(secret)
  return {
    url: whole.href,
    variables: { MYSQL_HOST: '127.0.0.1', MYSQL_TCP_PORT: String(port), MYSQL_UNIX_PORT: undefined },
  }
}
