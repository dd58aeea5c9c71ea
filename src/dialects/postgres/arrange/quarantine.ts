import type { Column, Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { Lens } from '../../../planner/links/lens.ts'
import type { Action, Step, SyncMode, UndoPart } from '../../../planner/steps.ts'
import { type Context, hazard, stepId } from '../../shared/context.ts'
import { copyOfCheck } from './copies.ts'
import { hazardOfRowType } from './hazards.ts'
import { type NotNullProof, notNullProof } from './rules.ts'

/** A column that goes, and what it is called while it is hidden. */
export interface Going {
  readonly column: Column
  readonly hidden: string
}

interface Modes {
  /** How the hidden columns follow. */
  readonly follow: SyncMode | null
  /** How the sync was before. */
  readonly back: SyncMode
  /** What else comes with the step, and goes on the way back. */
  readonly come?: readonly Action[]
  readonly go?: readonly Action[]
}

/** The columns are renamed aside; nothing that the new version writes may fail on them. The way back restores what they were. */
export function quarantineStep(
  context: Context,
  table: Table,
  lens: Lens,
  going: readonly Going[],
  { follow, back, come = [], go = [] }: Modes,
): Step {
  const ref = lens.table
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const rename = (from: string, to: string): Action => ({ do: 'renameColumn', table: ref, from, to })
  const names = going.map(({ column }) => column.name)
  const checks = table.constraints.filter(
    (found) => found.kind === 'check' && found.columns.some((name) => names.includes(name)),
  )
  const required = going.filter(({ column }) => !column.nullable)
  const proofs = required.map(({ column, hidden }) => proofOf(context, table, lens, column, hidden))
  return {
    id: stepId('contract', `${table.name}.${names.join('+')}`),
    kind: 'quarantine',
    description: `hide ${going.map(({ column, hidden }) => `${column.name} as ${hidden}`).join(', ')}`,
    tables: [ref],
    transaction: true,
    actions: [
      lock,
      ...checks.map(({ name }): Action => ({ do: 'dropConstraint', table: ref, name, parent: null })),
      ...required.map(({ column }): Action => ({ do: 'dropNotNull', table: ref, column: column.name })),
      ...going.map(({ column, hidden }) => rename(column.name, hidden)),
      ...come,
      { do: 'sync', table: ref, lens, mode: follow },
    ],
    undo: [
      ...restoreChecks(table, lens, going, checks),
      ...proofs.flatMap((proof) => [
        { transaction: true, actions: [proof.add] },
        { transaction: true, actions: [proof.validate] },
      ]),
      {
        transaction: true,
        actions: [
          lock,
          ...proofs.flatMap((proof) => [...proof.set, ...proof.named]),
          ...go,
          ...going.map(({ column, hidden }) => rename(hidden, column.name)),
          { do: 'sync', table: ref, lens, mode: back },
        ],
      },
    ],
    reversible: true,
  }
}

function proofOf(context: Context, table: Table, lens: Lens, column: Column, hidden: string): NotNullProof {
  const named = table.constraints.find((found) => found.kind === 'not null' && found.columns.includes(column.name))
  return notNullProof(context, lens.table, hidden, lens.id, named?.name)
}

/** The CHECKs again, on the hidden columns: for new rows first, then for all. */
function restoreChecks(
  table: Table,
  lens: Lens,
  going: readonly Going[],
  checks: Table['constraints'],
): readonly UndoPart[] {
  const ref = lens.table
  const put = new Map(going.map(({ column, hidden }) => [column.name, hidden]))
  return [
    ...checks.map((check) => ({
      transaction: true,
      actions: [
        {
          do: 'addConstraint',
          table: ref,
          name: check.name,
          definition: copyOfCheck(check, put, table),
          valid: false,
          parent: null,
          comment: check.comment,
          names: [{ table: ref, columns: check.columns.map((name) => put.get(name) ?? name) }],
        } as const,
      ],
    })),
    ...checks
      .filter(({ validated }) => validated)
      .map(({ name }) => ({ transaction: true, actions: [{ do: 'validateConstraint', table: ref, name } as const] })),
  ]
}

/** What goes for good with columns that the new version does not know. */
export function hazardsOfGone(context: Context, table: Table, columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name)
  const on = (found: { readonly columns: readonly string[] }): boolean =>
    found.columns.some((name) => names.includes(name))
  const gone = [
    ...table.indexes.filter(on).map(({ name }) => `index ${name}`),
    ...table.constraints
      .filter((found) => found.kind !== 'not null' && on(found))
      .map(({ name }) => `constraint ${name}`),
    ...table.statistics.filter(on).map(({ name }) => `statistics ${name}`),
    ...columns.flatMap(({ owns = [] }) => owns.map((name) => `sequence ${name}`)),
  ]
  hazardOfRowType(context, table, { change: 'loses a column at purge', fields: 'too many' })
  if (gone.length === 0) return
  hazard(
    context,
    'goes-with-the-column',
    'warn',
    `dropping ${showTable(table)}.${names.join(', ')} takes with it: ${[...new Set(gone)].join(', ')}`,
    'Where the new version needs one of them over the other columns, add it anew before contract.',
  )
}
