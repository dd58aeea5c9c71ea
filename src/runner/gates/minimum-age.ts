import type { Gate } from '../api.ts'
import type { GateInput } from '../gates.ts'
import { gate } from './gate.ts'

/** Has the new shape been complete for as long as was asked for? By the server's clock. */
export function minimumAgeGate(
  { row, minAge, requireGate }: Pick<GateInput, 'row' | 'minAge' | 'requireGate'>,
  now: string,
): Gate {
  const name = 'minimum-age'
  if (minAge === 0) {
    const reason = 'no --min-age was named'
    if (!requireGate.includes(name)) return gate(name, 'not-applicable', reason)
    return gate(name, 'unknown', reason, 'Say how long the backfill has to be over with --min-age.')
  }
  if (row.backfilled_at === null) return gate(name, 'unknown', 'the backfill has not ended yet')
  const age = Date.parse(now) - Date.parse(row.backfilled_at)
  const told = `the backfill ended at ${row.backfilled_at}, ${Math.floor(age / 1000)} s ago`
  if (age >= minAge) return gate(name, 'ok', told)
  const left = Math.ceil((minAge - age) / 1000)
  return gate(name, 'failed', `${told}, and ${minAge / 1000} s were asked for`, 'Wait, or ask for less.', left)
}
