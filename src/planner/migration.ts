import type { Intent } from './intents/index.ts'

/** A consent to a `stop` hazard, with its reason, kept in the migration. */
export interface Acceptance {
  readonly id: string
  readonly reason: string
}

/** What a migration file declares. */
export interface MigrationDefinition {
  readonly intents: readonly Intent[]
  readonly accept?: readonly Acceptance[] | undefined
  readonly description?: string | undefined
}

/** A migration with its name (the file's name without extension) and the checksum of its canonical form. */
export interface Migration {
  readonly name: string
  readonly checksum: string
  readonly definition: MigrationDefinition
}
