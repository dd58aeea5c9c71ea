import type { Target } from '../../dialects/capture.ts'

/** Variables of an app's own that say where its database is. */
export interface Variables {
  readonly url: readonly string[]
  readonly host: readonly string[]
  readonly port: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment of a command whose database is the proxy. A variable of `--url-variable` keeps its user, database and parameters.
 * What names another way to a database (a file with its URL) goes.
 */
export function environmentFor(
  target: Target,
  port: number,
  env: Environment,
  names: Variables,
  warn: (message: string) => void,
): Environment {
  const { url, variables } = target.detour(port)
  const urls = names.url.map((name): [string, string] => {
    const given = env[name] ?? ''
    const redirected = given === '' ? url : target.redirect(given, port)
    if (redirected === null) warn(`${name} is not the URL of such a database: it is what DATABASE_URL is now`)
    return [name, redirected ?? url]
  })
  return {
    ...env,
    ...variables,
    DATABASE_URL: url,
    DATABASE_URL_FILE: undefined,
    ...Object.fromEntries(urls),
    ...Object.fromEntries(names.host.map((name) => [name, '127.0.0.1'])),
    ...Object.fromEntries(names.port.map((name) => [name, String(port)])),
  }
}
