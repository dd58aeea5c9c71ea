import type { Compilable } from 'kysely'
import type { Session } from '../dialects/dialect.ts'
import type { Actor } from './tables.ts'

/** Runs a query of kysely's on a session; returns its rows. */
export type Ask = <Row = Record<string, unknown>>(query: Compilable) => Promise<readonly Row[]>

/** An {@link Ask} on this session. */
export function askOn(session: Session): Ask {
  return async <Row>(query: Compilable): Promise<readonly Row[]> => {
    const compiled = query.compile()
    return (await session.query<Row>({ sql: compiled.sql, parameters: compiled.parameters })).rows
  }
}

/** The columns that say who did something. */
export interface Who {
  readonly actor: string
  readonly host: string
  readonly tool_version: string
  readonly app_version: string | null
  readonly git_revision: string | null
}

/** Somebody, as these columns say it. */
export function whoIs({ actor, host, toolVersion, appVersion, gitRevision }: Actor): Who {
  return { actor, host, tool_version: toolVersion, app_version: appVersion, git_revision: gitRevision }
}

/** JSON columns come as values, or, from a server for which they are text, as text. */
export function fromJson<T>(value: T): T {
  return typeof value === 'string' ? (JSON.parse(value) as T) : value
}
