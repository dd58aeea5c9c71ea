import { showTable } from '../../planner/change.ts'
import type { GateInput } from '../gates.ts'
import { type Advisory, closed, open, tablesOf } from './advisory.ts'

/** `data` is all that MySQL and MariaDB tell of one. */
interface Prepared {
  readonly name?: string
  readonly data?: unknown
  readonly user?: string
  readonly since?: string
  /** Tables that it holds, where the server tells. */
  readonly holds?: string
}

interface Open {
  readonly pid: number | string
  readonly application: string | null
  readonly user: string
  /** Null where it is hidden. */
  readonly since: string | null
}

/** Transactions that began when the old shape was all there was, and prepared ones, which hold tables without a session. */
export async function transactionsGate(input: GateInput): Promise<Advisory> {
  const { dialect, session, plan, row } = input
  const name = 'transactions'
  const tables = tablesOf(plan)
  if (tables.length === 0) return open(name, 'not-applicable', 'contract changes no table')
  const ended = row.backfilled_at
  if (ended === null)
    return closed(input, name, 'unknown', 'the backfill has not ended yet', 'Run migrate backfill first.')
  const { evidence } = dialect
  const ask = <Row>(statement: Parameters<typeof session.query>[0]): Promise<readonly Row[] | null> =>
    session.query<Row>(statement).then(
      ({ rows }) => rows,
      () => null,
    )
  const prepared = await ask<Prepared>(evidence.prepared(tables))
  const before = await ask<Open>(evidence.transactionsBefore(ended))
  const found = [
    ...(prepared ?? []).map(
      (each) =>
        `prepared transaction ${each.name ?? String(each.data)}${by(each.user)}${from(each.since)}, ${each.holds === undefined ? 'and which tables it holds cannot be told' : `holds ${each.holds}`}`,
    ),
    ...(before ?? [])
      .filter(({ since }) => since !== null)
      .map(
        (each) =>
          `pid ${each.pid} (${each.application || 'no name'})${by(each.user)}, in a transaction${from(each.since)}`,
      ),
  ]
  if (found.length > 0)
    return closed(
      input,
      name,
      'failed',
      `begun before ${ended}, when the backfill ended, or prepared: ${found.join('; ')}`,
      'Wait for them, or end them: COMMIT or ROLLBACK PREPARED (XA COMMIT, XA ROLLBACK) what nobody comes back for.',
    )
  const hidden = (before ?? []).length
  if (prepared === null || before === null || hidden > 0)
    return closed(
      input,
      name,
      'unknown',
      prepared === null
        ? 'prepared transactions could not be read'
        : before === null
          ? 'the transactions of others could not be read'
          : `of ${hidden} sessions of others the server does not tell when their transactions began`,
      evidence.hints.transactions,
    )
  return open(
    name,
    'ok',
    `no transaction is older than ${ended}, and none is prepared on ${tables.map(showTable).join(', ')}`,
  )
}

const by = (user?: string): string => (user === undefined ? '' : ` as ${user}`)
const from = (since?: string | null): string => (since == null ? '' : ` since ${since}`)
