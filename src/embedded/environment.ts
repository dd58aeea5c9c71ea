/**
 * The environment of every process started here: a list of what may pass, not of what may not. PG* would redirect
 * the server, LC_* and LANG would change its messages and sort orders, NODE_OPTIONS would run someone's hooks, and
 * secrets have no business in a server's environment. `LC_ALL=C` also keeps macOS from starting threads in the postmaster.
 */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH } = process.env
  return { LC_ALL: 'C', TZ: 'UTC', ...(PATH === undefined ? {} : { PATH }) }
}
