import { createHash } from 'node:crypto'
import { canonicalJson } from '../migrations/checksum.ts'

/** What of a statement says which one it is. */
export interface HashedStatement {
  readonly id: string
  readonly sql: string
  readonly params?: readonly string[] | undefined
  readonly prepared?: boolean | undefined
}

/**
 * Says whether two lists are of the same statements: SHA-256, in hex. Their order, where the app says them, and sample values do not
 * count.
 */
export function hashOfStatements(statements: readonly HashedStatement[]): string {
  const said = statements
    .map(({ id, sql, params, prepared }) => ({ id, sql, params: params ?? [], prepared: prepared ?? true }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return createHash('sha256').update(canonicalJson(said)).digest('hex')
}
