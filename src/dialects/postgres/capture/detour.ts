import type { ClientConfig } from 'pg'
import type { Detour } from '../../capture.ts'
import { redirectUrl } from '../../shared/redirect.ts'

/** What says where the server is, or how it is to be proven that it is the one. */
const ofThePlace =
  /^(host|hostaddr|port|service|ssl|sslmode|sslrootcert|sslcert|sslkey|sslnegotiation|sslcompression|channel_binding|gssencmode)$/i

/** An address as an app has it, with its way through the proxy. JDBC and others know `sslmode` too. */
export const redirect = (url: string, port: number): string | null =>
  /^(jdbc:)?postgres/i.test(url) ? redirectUrl(url, port, ofThePlace, 'sslmode=disable') : null

/** What a service or a token says is put into the URL: a client looks neither up for an address of this machine. */
export function detour(url: string, config: ClientConfig, secret: string | undefined, port: number): Detour {
  const whole = new URL(redirect(url, port) ?? `postgres://127.0.0.1:${port}/?sslmode=disable`)
  const fill = (value: string | undefined, put: (value: string) => void): void => {
    if (value !== undefined) put(encodeURIComponent(value))
  }
  fill(config.user, (value) => {
    whole.username = value
  })
  // A password needs a user to stand behind.
  const password = secret ?? (typeof config.password === 'string' ? config.password : undefined)
  const user = config.user ?? process.env.PGUSER
  if (password !== undefined && whole.username === '')
    fill(user, (value) => {
      whole.username = value
    })
  fill(password, (value) => {
    whole.password = value
  })
  fill(config.database, (value) => {
    whole.pathname = `/${value}`
  })
  for (const name of ['user', 'password', 'dbname']) whole.searchParams.delete(name)
  return {
    url: whole.href,
    variables: {
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGSSLMODE: 'disable',
      PGGSSENCMODE: 'disable',
      PGHOSTADDR: undefined,
      PGSERVICE: undefined,
      PGSSLNEGOTIATION: undefined,
      PGCHANNELBINDING: undefined,
      ...(config.user === undefined ? {} : { PGUSER: config.user }),
      ...(config.database === undefined ? {} : { PGDATABASE: config.database }),
      ...(password === undefined ? {} : { PGPASSWORD: password }),
    },
  }
}
