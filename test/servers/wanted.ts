/** The servers a test run can ask for, by name. */
export const knownServers = {
  postgres14: 14,
  postgres15: 15,
  postgres16: 16,
  postgres17: 17,
  postgres18: 18,
} as const

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

function parseNames(list: string | undefined): readonly ServerName[] {
  const names = (list ?? '').split(',').flatMap((part) => part.trim() || [])
  return names.map((name) => {
    if (name === 'postgres') return 'postgres18'
    if (name in knownServers) return name as ServerName
    throw new Error(`Unknown server "${name}"; known: ${Object.keys(knownServers).join(', ')}`)
  })
}
