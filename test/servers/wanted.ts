/** The engines there are; MariaDB is asked for by its own name. */
export type ServerKind = 'postgres' | 'mysql' | 'mariadb'

/** The servers a test run can ask for, by name. `series` is what the version begins with. */
export const knownServers = {
  postgres14: { kind: 'postgres', series: '14' },
  postgres15: { kind: 'postgres', series: '15' },
  postgres16: { kind: 'postgres', series: '16' },
  postgres17: { kind: 'postgres', series: '17' },
  postgres18: { kind: 'postgres', series: '18' },
  mariadb106: { kind: 'mariadb', series: '10.6' },
  mariadb1011: { kind: 'mariadb', series: '10.11' },
  mariadb11: { kind: 'mariadb', series: '11' },
  mariadb118: { kind: 'mariadb', series: '11.8' },
  mysql80: { kind: 'mysql', series: '8.0' },
  mysql84: { kind: 'mysql', series: '8.4' },
  mysql9: { kind: 'mysql', series: '9' },
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
  /** Whether a run without a container runtime is a failure: where no other server may take the place of an image. */
  readonly containers: boolean
}

/** Whatever is the newest of a major: an image of its own, and elsewhere one of the others under a second name. */
const rolling: ReadonlySet<ServerName> = new Set(['mysql9', 'mariadb11'] as const)

/** `SERVERS` and `REQUIRE_SERVERS` name servers, `MATRIX=full` takes each once, the default is PostgreSQL 18. */
export function wantedServers(env: NodeJS.ProcessEnv): Wanted {
  const full = env.MATRIX === 'full'
  const all = Object.keys(knownServers) as ServerName[]
  const required = parseNames(env.REQUIRE_SERVERS)
  const matrix = full ? all.filter((name) => !rolling.has(name)) : (['postgres18'] as const)
  const chosen = env.SERVERS ? parseNames(env.SERVERS) : matrix
  const names = all.filter((name) => chosen.includes(name) || required.includes(name))
  const download = full && env.NO_DOWNLOAD !== '1'
  return { names, required: new Set(required), download, containers: env.REQUIRE_CONTAINERS === '1' }
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
