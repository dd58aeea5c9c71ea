import { showTable } from '../../planner/change.ts'
import type { GateInput } from '../gates.ts'
import { likePattern } from '../like.ts'
import { type Advisory, closed, open, tablesOf } from './advisory.ts'

interface Consumer {
  /** `role`: it may read the tables; `untold`: something of this that the server does not tell. */
  readonly kind: 'consumer' | 'role' | 'untold'
  readonly name: string
}

/** Who takes the rows by another way than a query of the app: replicas, slots, publications, readers of the binary log, other roles. */
export async function consumersGate(input: GateInput): Promise<Advisory> {
  const { dialect, session, plan, allowApp } = input
  const name = 'consumers'
  const tables = tablesOf(plan)
  if (tables.length === 0) return open(name, 'not-applicable', 'contract changes no table')
  const { evidence } = dialect
  let rows: readonly Consumer[]
  try {
    rows = (await session.query<Consumer>(evidence.consumers(tables))).rows
  } catch {
    return closed(input, name, 'unknown', 'replicas and other consumers could not be read', evidence.hints.consumers)
  }
  // Only the list of who is allowed tells the app's roles from others.
  const others = (kind: Consumer['kind']): readonly Consumer[] =>
    allowApp.length === 0
      ? []
      : rows.filter((row) => row.kind === kind && !allowApp.some((pattern) => likePattern(pattern, row.name)))
  const found = [
    ...rows.filter(({ kind }) => kind === 'consumer').map((row) => row.name),
    ...others('role').map((row) => `role ${row.name}, which may read it and is not allowed by --allow-app`),
  ]
  if (found.length > 0)
    return closed(
      input,
      name,
      'failed',
      `${tables.map(showTable).join(', ')} may also be read by: ${found.join('; ')}`,
      'See that they bear the new shape, then say --accept consumers.',
    )
  const [untold] = others('untold')
  if (untold !== undefined) return closed(input, name, 'unknown', untold.name, evidence.hints.consumers)
  return open(name, 'ok', 'no replica, publication or other consumer reads the tables')
}
