import type { TableRef } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Plan } from '../../planner/plan.ts'
import type { Gate } from '../api.ts'
import type { GateInput } from '../gates.ts'
import { gate } from './gate.ts'

/** A gate that is only told unless it is required, and what contract says of it when it goes on. */
export interface Advisory {
  readonly gate: Gate
  readonly notice: string | null
}

type Policy = Pick<GateInput, 'accept' | 'plan' | 'requireGate'>

/** Nothing was found, or there is nothing to find. */
export const open = (name: Gate['name'], status: 'ok' | 'not-applicable', reason: string): Advisory => ({
  gate: gate(name, status, reason),
  notice: null,
})

/** Something was found: closes where it is required and not accepted by the gate's name. What could not be known is told by `ready` only. */
export function closed(
  { accept, plan, requireGate }: Policy,
  name: Gate['name'],
  status: 'failed' | 'unknown',
  reason: string,
  hint: string,
  retryAfterSeconds: number | null = null,
): Advisory {
  const accepted = [...accept, ...plan.accepted.map(({ id }) => id)].includes(name)
  const required = requireGate.includes(name)
  if (accepted) return { gate: gate(name, 'forced', `accepted: ${reason}`), notice: `${name}: accepted: ${reason}` }
  return {
    gate: gate(name, required ? status : 'advisory', reason, hint, required ? retryAfterSeconds : null),
    notice: status === 'failed' && !required ? `${name}: ${reason}` : null,
  }
}

/** The tables that contract changes, and those whose shapes are kept in sync. */
export function tablesOf(plan: Plan): readonly TableRef[] {
  const all = [...plan.lenses.map(({ table }) => table), ...plan.phases.contract.flatMap(({ tables }) => tables)]
  return [...new Map(all.map((table) => [showTable(table), table])).values()]
}
