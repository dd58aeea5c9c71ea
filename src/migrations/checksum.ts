import { createHash } from 'node:crypto'
import type { MigrationDefinition } from '../planner/migration.ts'

/** JSON with sorted keys and without undefined: the same for every file format and every order of keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/**
 * The checksum of a validated migration: SHA-256, in hex, of its canonical JSON. Comments, the order of keys and the
 * format of the file do not count; the order of intents does.
 */
export function checksum(definition: MigrationDefinition): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex')
}
