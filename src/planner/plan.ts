import type { Catalog, DialectName } from './catalog.ts'
import type { Change } from './change.ts'
import { changesOf } from './changes-of.ts'
import type { Hazard } from './hazards/hazard.ts'
import type { Lens } from './links/lens.ts'
import type { Migration } from './migration.ts'
import { objectsOf, type PlannedObject } from './objects.ts'
import type { Phase, Step } from './steps.ts'

/** The layout of a frozen plan; an older tool refuses a newer one. */
export const planFormat = 1

/** What the planner makes of a migration. Frozen in the state table at expand; later phases run from it. */
export interface Plan {
  readonly format: typeof planFormat
  readonly migration: string
  readonly checksum: string
  readonly dialect: DialectName
  readonly server: string
  readonly phases: Readonly<Record<Phase, readonly Step[]>>
  readonly lenses: readonly Lens[]
  readonly hazards: readonly Hazard[]
  readonly accepted: readonly { readonly id: string; readonly reason: string }[]
  /** What the copies were planned from. A plan of an older version has none. */
  readonly objects?: readonly PlannedObject[]
}

/** The part of a plan that an engine decides. */
export interface Arranged {
  readonly phases: Readonly<Record<Phase, readonly Step[]>>
  readonly lenses: readonly Lens[]
  readonly hazards: readonly Hazard[]
  /** What the migration names, and has to be there as it was. */
  readonly named: readonly PlannedObject[]
}

/** What the versions of the app run, the one that is there and the one that comes, as far as it is known. */
export interface AppStatements {
  readonly old: readonly string[]
  readonly new: readonly string[]
}

/** Given by a dialect: Changes and the catalog in, steps out. Pure. */
export type Arrange = (input: {
  readonly migration: string
  readonly changes: readonly Change[]
  readonly catalog: Catalog
  readonly statements: AppStatements | null
}) => Arranged

/**
 * Splits one migration into phases of steps. Pure: the same migration and catalog give the same plan, with or without a
 * database at hand.
 *
 * @throws BellowsError exit 2 for an expression or a name that cannot be, exit 3 for what this engine cannot do.
 */
export function planMigration(
  migration: Migration,
  catalog: Catalog,
  arrange: Arrange,
  statements: AppStatements | null,
): Plan {
  const changes = changesOf(migration.definition, catalog.dialect)
  const arranged = arrange({ migration: migration.name, changes, catalog, statements })
  return {
    format: planFormat,
    migration: migration.name,
    checksum: migration.checksum,
    dialect: catalog.dialect,
    server: catalog.server,
    phases: arranged.phases,
    lenses: arranged.lenses,
    hazards: arranged.hazards,
    accepted: migration.definition.accept ?? [],
    objects: [...objectsOf(arranged.lenses, catalog), ...arranged.named],
  }
}
