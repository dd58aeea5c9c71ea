import { refused } from '../../errors.ts'
import type { Plan } from '../../planner/plan.ts'
import type { Session } from '../dialect.ts'
import { doctor } from './doctor.ts'
import { rehearseDefinitions } from './rehearsal.ts'

/** Without these no trigger can be made, which would be found out when the column is there already. */
const preflight = new Set(['privileges', 'triggers', 'binlog-format'])

/**
 * Asks, before anything is done, what the account may and the server lets it, and tries the definitions.
 *
 * @throws BellowsError exit 3 with what is missing
 */
export async function rehearse(session: Session, plan: Plan): Promise<void> {
  for (const { name, statement } of doctor('')) {
    if (!preflight.has(name)) continue
    const { rows } = await session.query<{ status: string; message: string; hint: string }>(statement)
    const [row] = rows
    if (row?.status === 'fail') throw refused(`server.${name}`, row.message, { hint: row.hint })
  }
  await rehearseDefinitions(session, plan)
}
