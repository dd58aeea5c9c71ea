import type { LikeServer } from '../dialects/check.ts'
import { haveBinaries } from '../embedded/binaries.ts'
import { findMysql, howToGet, mysqlProduct } from '../embedded/mysql/find.ts'
import { startEmbeddedMysql } from '../embedded/mysql/server.ts'
import { startEmbedded } from '../embedded/server.ts'
import { embeddedMajors } from '../embedded/versions.ts'

/** A server of the check's own. */
export interface EmbeddedShadow {
  /** `PostgreSQL 18.4` */
  readonly product: string
  readonly url: string
  stop(): Promise<void>
}

/** Starts a server that is like the target; null when this machine has none. Nothing is fetched. */
export async function startLike(like: LikeServer, signal: AbortSignal | undefined): Promise<EmbeddedShadow | null> {
  const { kind, series, lasting } = like
  if (kind === 'postgres') {
    const major = Number(series)
    if (!embeddedMajors.includes(major) || !(await haveBinaries(major))) return null
    const server = await startEmbedded({ major, durable: false, download: false, ...(signal && { signal }) })
    const stop = (): Promise<void> => server.stop('immediate')
    // The environment may ask for TLS, which is meant for the target.
    return { product: `PostgreSQL ${server.version}`, url: `${server.url}?sslmode=disable`, stop }
  }
  const found = await findMysql({ kind, series })
  if (found === null) return null
  const server = await startEmbeddedMysql(found, { lasting, signal })
  const url = `${server.url}?ssl-mode=DISABLED`
  return { product: `${mysqlProduct({ kind })} ${server.version}`, url, stop: server.stop }
}

/** How such a server comes to this machine; null where it cannot. */
export function howToGetLike({ kind, series }: LikeServer): string | null {
  if (kind !== 'postgres') return howToGet({ kind, series })
  return embeddedMajors.includes(Number(series)) ? 'Or install the embedded server of this version.' : null
}
