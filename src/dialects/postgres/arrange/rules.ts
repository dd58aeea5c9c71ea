import type { TableRef } from '../../../planner/catalog.ts'
import type { Action, Phase, Step } from '../../../planner/steps.ts'
import { quote } from '../sql.ts'
import { type Context, hiddenName, stepId } from './context.ts'

/** CHECK (c IS NOT NULL), the proof that lets SET NOT NULL skip its scan (manual, ALTER TABLE, SET NOT NULL). */
export function notNullProof(
  table: TableRef,
  column: string,
  id: string,
): { readonly name: string; readonly add: Action; readonly validate: Action; readonly drop: Action } {
  const name = hiddenName('c', id, column)
  return {
    name,
    add: {
      do: 'addConstraint',
      table,
      name,
      definition: `check (${quote(column)} is not null)`,
      valid: false,
      parent: null,
      comment: null,
    },
    validate: { do: 'validateConstraint', table, name },
    drop: { do: 'dropConstraint', table, name, parent: null },
  }
}

/** NOT NULL by a validated constraint: two short locks and a scan that lets writes through. */
export function notNullSteps(_context: Context, table: TableRef, column: string, id: string): readonly Step[] {
  const proof = notNullProof(table, column, id)
  const base = { kind: 'nullability', tables: [table], reversible: true } as const
  const label = `${table.name}.${column}`
  return [
    {
      ...base,
      id: stepId('contract', label, 'proof'),
      description: `no new NULLs in ${column}`,
      transaction: true,
      actions: [proof.add],
      undo: [{ transaction: true, actions: [proof.drop] }],
    },
    {
      ...base,
      id: stepId('contract', label, 'validate'),
      description: `check that ${column} holds no NULL, without blocking writes`,
      transaction: true,
      actions: [proof.validate],
      undo: [],
    },
    {
      ...base,
      id: stepId('contract', label, 'not-null'),
      description: `make ${column} NOT NULL; the proof goes in a statement of its own, else it would be gone before it is used`,
      transaction: true,
      actions: [{ do: 'setNotNull', table, column }, proof.drop],
      undo: [{ transaction: true, actions: [{ do: 'dropNotNull', table, column }] }],
    },
  ]
}

/** SET or DROP DEFAULT: catalog only. */
export function defaultStep(
  phase: Phase,
  table: TableRef,
  column: string,
  value: string | null,
  previous: string | null,
): Step {
  const set = (to: string | null): Action =>
    to === null ? { do: 'dropDefault', table, column } : { do: 'setDefault', table, column, value: to }
  return {
    id: stepId(phase, `${table.name}.${column}`, 'default'),
    kind: 'default',
    description: value === null ? `drop the default of ${column}` : `set the default of ${column}`,
    tables: [table],
    transaction: true,
    actions: [set(value)],
    undo: [{ transaction: true, actions: [set(previous)] }],
    reversible: true,
  }
}
