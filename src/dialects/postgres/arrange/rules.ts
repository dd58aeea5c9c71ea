import type { TableRef } from '../../../planner/catalog.ts'
import { cutBytes, maxNameBytes } from '../../../planner/naming.ts'
import type { Action, Phase, Step } from '../../../planner/steps.ts'
import { type Context, hiddenName, stepId } from '../../shared/context.ts'
import { quote } from '../sql.ts'

/** How a column becomes NOT NULL without a scan under a lock that blocks. */
export interface NotNullProof {
  /** New NULLs are refused from here on. */
  readonly add: Extract<Action, { do: 'addConstraint' }>
  /** The scan, under a lock that lets writes through. */
  readonly validate: Action
  /** The column is NOT NULL; where the proof does not say that already. */
  readonly set: readonly Action[]
  /** Its constraint has its name, which nothing else may have by then. */
  readonly named: readonly Action[]
  readonly drop: Action
}

/**
 * Up to 17: CHECK (c IS NOT NULL), the proof that lets SET NOT NULL skip its scan, and which goes in a statement of its
 * own because a drop would run before the proof is used. From 18 on NOT NULL is a constraint that can be validated itself
 * (manual, ALTER TABLE).
 */
export function notNullProof(
  context: Context,
  table: TableRef,
  column: string,
  id: string,
  name?: string,
): NotNullProof {
  const proof = hiddenName('c', id, column)
  const drop: Action = { do: 'dropConstraint', table, name: proof, parent: null }
  const validate: Action = { do: 'validateConstraint', table, name: proof }
  const native = context.catalog.capabilities.notNullConstraints
  const definition = native ? `not null ${quote(column)}` : `check (${quote(column)} is not null)`
  const add: NotNullProof['add'] = {
    do: 'addConstraint',
    table,
    name: proof,
    definition,
    valid: false,
    parent: null,
    comment: null,
    notNullOf: column,
  }
  if (!native) return { add, validate, set: [{ do: 'setNotNull', table, column }, drop], named: [], drop }
  const to = name ?? standardName(context, table, column)
  return { add, validate, set: [], named: [{ do: 'renameConstraint', table, from: proof, to }], drop }
}

/** The name that the server would give: the longer of both parts is cut, and a number tells it from those that are there. */
function standardName(context: Context, table: TableRef, column: string): string {
  const there = context.catalog.tables.filter(({ schema }) => schema === table.schema)
  const taken = new Set(there.flatMap(({ constraints }) => constraints.map(({ name }) => name)))
  const steps = Object.values(context.phases).flat()
  for (const action of steps.flatMap(({ actions }) => actions))
    if (action.do === 'renameConstraint') taken.add(action.to)
  const size = (text: string): number => Buffer.byteLength(text)
  for (let n = 0; ; n++) {
    const label = n === 0 ? 'not_null' : `not_null${n}`
    const room = maxNameBytes - size(label) - 2
    const first = cutBytes(table.name, Math.max(Math.ceil(room / 2), room - size(column)))
    const name = `${first}_${cutBytes(column, Math.max(Math.floor(room / 2), room - size(table.name)))}_${label}`
    if (!taken.has(name)) return name
  }
}

/** NOT NULL by a validated constraint: two short locks and a scan that lets writes through. */
export function notNullSteps(context: Context, table: TableRef, column: string, id: string): readonly Step[] {
  const proof = notNullProof(context, table, column, id)
  const base = { kind: 'nullability', tables: [table], transaction: true, reversible: true } as const
  const label = `${table.name}.${column}`
  return [
    ...proofSteps(table, column, proof, label),
    {
      ...base,
      id: stepId('contract', label, 'not-null'),
      description: `make ${column} NOT NULL, by the proof and without a scan`,
      actions: [...proof.set, ...proof.named],
      undo: [{ transaction: true, actions: [{ do: 'dropNotNull', table, column }] }],
    },
  ]
}

/** The proof and its validation, at contract. */
export function proofSteps(table: TableRef, column: string, proof: NotNullProof, label: string): readonly Step[] {
  const base = { kind: 'nullability', tables: [table], transaction: true, reversible: true } as const
  return [
    {
      ...base,
      id: stepId('contract', label, 'proof'),
      description: `no new NULLs in ${column}`,
      actions: [proof.add],
      undo: [{ transaction: true, actions: [proof.drop] }],
    },
    {
      ...base,
      id: stepId('contract', label, 'validate'),
      description: `check that ${column} holds no NULL, without blocking writes`,
      actions: [proof.validate],
      undo: [],
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
