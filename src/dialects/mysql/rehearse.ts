import type { Plan } from '../../planner/plan.ts'
import type { Session } from '../dialect.ts'
import { refuseMissing } from './preflight.ts'
import { rehearseDefinitions } from './rehearsal.ts'
import { rehearseTables } from './rehearse-tables.ts'

/**
 * Asks, before anything is done, what the account may and the server lets it, and tries the definitions.
 *
 * @throws BellowsError exit 3 with what is missing
 */
export async function rehearse(session: Session, plan: Plan): Promise<void> {
  await refuseMissing(session)
  await rehearseDefinitions(session, plan)
  await rehearseTables(session, plan)
}
