import { refused } from '../../errors.ts'
import type { Catalog, Column, Table, TableRef } from '../../planner/catalog.ts'
import { type Change, showTable, type TableName } from '../../planner/change.ts'
import type { Hazard } from '../../planner/hazards/hazard.ts'
import type { Lens, LensColumn, Scalar } from '../../planner/links/lens.ts'
import { ownName, shortHash } from '../../planner/naming.ts'
import type { PlannedObject } from '../../planner/objects.ts'
import type { AppStatements } from '../../planner/plan.ts'
import type { Phase, Step } from '../../planner/steps.ts'
import { keyOf } from './key.ts'

/** What arranging one migration collects. The builder is local to one call of `arrange`, which stays pure. */
export interface Context {
  readonly migration: string
  /** All changes of the migration, those that are not arranged yet too. */
  readonly changes: readonly Change[]
  readonly catalog: Catalog
  readonly statements: AppStatements | null
  readonly phases: Record<Phase, Step[]>
  /** Swaps of columns, and how many steps of contract were there before; see {@link swapFirst}. */
  readonly swaps: { readonly at: number; readonly table: TableRef; readonly steps: readonly Step[] }[]
  readonly lenses: Lens[]
  readonly hazards: Hazard[]
  readonly named: PlannedObject[]
}

/** The live table that a migration names: in its schema, or in the first schema of the search path that has it. */
export function resolveTable(context: Context, name: TableName): Table {
  const schemas = name.schema === null ? context.catalog.schemas : [name.schema]
  for (const schema of schemas) {
    const found = context.catalog.tables.find((table) => table.schema === schema && table.name === name.name)
    if (found !== undefined) return checkKind(found)
  }
  const lowered = context.catalog.tables.find(
    (table) => schemas.includes(table.schema) && table.name === name.name.toLowerCase(),
  )
  // As a server keeps it that lowers the names it is given.
  const kept = lowered === undefined ? '' : `It has a table ${showTable(lowered)}, in lower case. `
  throw refused('plan.table', `there is no table ${showTable(name)} in database ${context.catalog.database}`, {
    hint: `${kept}Looked in ${schemas.join(', ') || 'no schema: the search_path is empty'}. Write it as schema.name, exactly as it is spelled.`,
  })
}

function checkKind(table: Table): Table {
  if (table.kind === 'table') return table
  throw refused('plan.table-kind', `${showTable(table)} is a ${table.kind} relation, which is not supported yet`, {
    hint: 'Nothing was changed. Only plain tables can be migrated for now.',
  })
}

/** The column of a live table. */
export function resolveColumn(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name)
  if (found === undefined) {
    throw refused('plan.column', `there is no column ${name} in ${showTable(table)}`, {
      hint: `It has: ${table.columns.map((column) => column.name).join(', ')}.`,
    })
  }
  if (found.generated) {
    throw refused('plan.generated', `${showTable(table)}.${name} is a generated column, which cannot be written`, {
      hint: 'Change the column that it is generated from, or its expression with rawSql.',
    })
  }
  return found
}

/**
 * A trigger runs before the server works generated columns out: what it derives from one is not what the backfill does.
 *
 * @throws BellowsError exit 3 where one of these is a generated column
 */
export function refuseReadGenerated(table: Table, what: string, names: readonly string[]): void {
  const found = table.columns.find(({ name, generated }) => generated && names.includes(name))
  if (found === undefined) return
  throw refused(
    'plan.generated',
    `${what} reads ${showTable(table)}.${found.name}, a generated column, which has no value yet when a trigger runs`,
    { hint: 'Read what it is generated from, in the same expression.' },
  )
}

/** The key by which rows are walked; a table without one cannot be backfilled yet. */
export function requireKey(table: Table): NonNullable<ReturnType<typeof keyOf>> {
  const key = keyOf(table)
  if (key !== null) return key
  throw refused('plan.no-key', `${showTable(table)} has no primary key and no unique index over NOT NULL columns`, {
    hint: 'The backfill walks the table by its key. Add a primary key, or a unique index over NOT NULL columns, first.',
  })
}

/** The id of a lens: the same migration on the same columns always gets the same one. */
export function lensId(context: Context, table: Table, column: string): string {
  return shortHash([context.migration, table.schema, table.name, column].join('\u0000'))
}

/** The name of a hidden column or a copied object. */
export function hiddenName(kind: 'q' | 's' | 'i' | 'c', id: string, name: string): string {
  return ownName(kind, [id, name], name)
}

/** Everything of a lens that does not depend on its kind. */
export function lensBase(
  context: Context,
  table: Table,
  id: string,
  scalars: readonly Scalar[],
  own: readonly string[],
): Pick<Lens, 'id' | 'migration' | 'table' | 'key' | 'untouched' | 'userTriggers'> {
  const reads = [...new Set(scalars.flatMap((scalar) => scalar.reads))].filter((name) => !own.includes(name))
  return {
    id,
    migration: context.migration,
    table: { schema: table.schema, name: table.name },
    key: requireKey(table),
    untouched: reads.map((name) => ({ name, type: resolveColumn(table, name).type })),
    userTriggers: table.triggers.some((trigger) => trigger.events.includes('update') && trigger.enabled !== 'disabled'),
  }
}

/** A live column as one end of a lens. */
export function lensColumn(
  column: Column,
  names: { readonly expanded: string; readonly contracted: string },
): LensColumn {
  const volatile = column.defaultVolatile || column.identity !== null
  return {
    name: column.name,
    ...names,
    type: column.type,
    collation: column.collation,
    nullable: column.nullable,
    default: volatile ? null : column.default,
    unseen: volatile,
  }
}

/**
 * What a swap says again (CHECKs, views, policies, statistics) was written before anything changed, and says the old names: so swaps
 * come before whatever else changes a name in the same table at contract.
 */
export function swapFirst({ phases, swaps }: Context): readonly Step[] {
  const contract = [...phases.contract]
  for (const { at, table, steps } of [...swaps].reverse()) {
    const others = contract.findIndex(
      ({ kind, tables }) =>
        kind !== 'raw' && tables.some(({ schema, name }) => schema === table.schema && name === table.name),
    )
    contract.splice(others === -1 ? at : Math.min(at, others), 0, ...steps)
  }
  return contract
}

/** A step id that is unique in the plan and tells what it is about. */
export function stepId(phase: Phase, ...parts: readonly string[]): string {
  return [phase, ...parts].join('.')
}

/** Adds a hazard unless the same one is there already. */
export function hazard(
  context: Context,
  code: string,
  severity: Hazard['severity'],
  message: string,
  hint: string,
  statement: string | null = null,
): void {
  const same = (known: Hazard): boolean =>
    known.code === code && known.message === message && known.statement === statement
  if (context.hazards.some(same)) return
  context.hazards.push({ code, severity, statement, message, hint, docs: `docs/hazards.md#${code}` })
}
