/** The engines there are; MariaDB is asked for by its own name. */
export type ServerKind = 'postgres' | 'mysql' | 'mariadb'

/** The servers a test run can ask for, by name. `series` is what the version begins with. */
export const knownServers = {
  postgres14: { kind: 'postgres', series: '14' },
  postgres15: { kind: 'postgres', series: '15' },
  postgres16: { kind: 'postgres', series: '16' },
  postgres17: { kind: 'postgres', series: '17' },
  postgres18: { kind: 'postgres', series: '18' },
  mariadb1011: { kind: 'mariadb', series: '10.11' },
  mariadb118: { kind: 'mariadb', series: '11.8' },
  mysql97: { kind: 'mysql', series: '9.7' },
} as const satisfies Record<string, { readonly kind: ServerKind; readonly series: string }>

/** One of the names in {@link knownServers}. */
export type ServerName = keyof typeof knownServers

/** Which servers to use, and which of them must be there. */
export interface Wanted {
  readonly names: readonly ServerName[]
  readonly required: ReadonlySet<ServerName>
  /** Whether binaries that are missing are downloaded. */
  readonly download: boolean
}

/** `SERVERS` and `REQUIRE_SERVERS` name servers, `MATRIX=full` takes all, the default is PostgreSQL 18. */
export function wantedServers(env: NodeJS.ProcessEnv): Wanted {
  const full = env.MATRIX === 'full'
  const all = Object.keys(knownServers) as ServerName[]
  const required = parseNames(env.REQUIRE_SERVERS)
  const chosen = env.SERVERS ? parseNames(env.SERVERS) : full ? all : (['postgres18'] as const)
  const names = all.filter((name) => chosen.includes(name) || required.includes(name))
  return { names, required: new Set(required), download: full && env.NO_DOWNLOAD !== '1' }
}

/** The newest of an engine, for whoever names the engine only. */
const newest: Readonly<Record<string, ServerName>> = {
  postgres: 'postgres18',
  mysql: 'mysql97',
  mariadb: 'mariadb118',
}

/** Whether the name is one of {@link knownServers}. */
export function isServerName(name: string): name is ServerName {
  return Object.hasOwn(knownServers, name)
}

/** Which of the two a server is, and of which series. */
export function mysqlSeries(name: string): { readonly kind: 'mysql' | 'mariadb'; readonly series: string } {
  const known = isServerName(name) ? knownServers[name] : null
  if (known === null || known.kind === 'postgres') throw new Error(`${name} is neither a MySQL nor a MariaDB`)
  return known
}

function parseNames(list: string | undefined): readonly ServerName[] {
  const names = (list ?? '').split(',').flatMap((part) => part.trim() || [])
  return names.map((name) => {
    const known = newest[name] ?? name
    if (isServerName(known)) return known
    throw new Error(`Unknown server "${name}"; known: ${Object.keys(knownServers).join(', ')}`)
  })
}
