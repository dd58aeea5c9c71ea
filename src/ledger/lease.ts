import { sql } from 'kysely'
import type { Dialect, Session } from '../dialects/dialect.ts'
import { type BellowsError, isBellowsError, temporary } from '../errors.ts'

/** The right to run, held in the database by one runner at a time. */
export interface Lease {
  readonly name: string
  /** Grows with every taker; work that carries an older one is refused. */
  readonly token: number
  /** Inside a transaction: holds on to the lease row with our token. Throws when it was lost. */
  check(): Promise<void>
  /** Set once the lease was lost or could not be renewed in time. */
  readonly lost: BellowsError | null
  release(): Promise<void>
}

/** How leases are taken. Milliseconds. */
export interface LeaseOptions {
  readonly dialect: Dialect
  readonly schema: string
  /** The session that works, and is ended when somebody takes over. */
  readonly worker: Session
  /** The session that renews, so that a long statement of the worker's does not stop it. */
  readonly renewer: Session
  readonly holder: string
  readonly host: string
  readonly ttl: number
  readonly wait: number
  readonly signal: AbortSignal | null
  readonly onWaiting: (holder: string) => void
  /** Told whenever we come to hold it, renew it, or hold it no more. */
  readonly onState?: (state: LeaseState) => void
}

/** What became of a lease. */
export type LeaseState = 'taken' | 'renewed' | 'lost' | 'released'

interface Row {
  readonly token: string
  readonly holder: string
  readonly pid: number | null
  readonly backend_started: string | null
  readonly free: boolean
}

const waits = new Set(['database.lock-timeout', 'database.deadlock'])

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * Takes the lease by polling: no lock is waited for, so it works behind anything and blocks nothing. A holder whose
 * session is gone holds nothing; one whose time is over has its session ended first (fencing).
 *
 * @throws BellowsError exit 75 when it is held elsewhere for longer than `wait`.
 */
export async function takeLease(name: string, options: LeaseOptions): Promise<Lease> {
  const deadline = Date.now() + options.wait
  for (let told = false; ; told = true) {
    const attempt = await tryTake(name, options)
    if (typeof attempt === 'number') return hold(name, attempt, options)
    if (!told) options.onWaiting(attempt.holder)
    if (Date.now() > deadline || options.signal?.aborted) {
      throw temporary('lease.held', `another runner holds the lease ${name}: ${attempt.holder}`, {
        hint: 'It goes on by itself; try again later, or wait longer with --lease-wait.',
      })
    }
    await sleep(200 + Math.random() * 100)
  }
}

async function tryTake(name: string, options: LeaseOptions): Promise<number | Row> {
  const { renewer, worker, dialect } = options
  const { now, fromNow, upsert } = dialect.state
  const db = dialect.state.queries(options.schema)
  const table = dialect.state.table(options.schema, 'lease')
  const run = async <Result>(query: {
    compile(): { sql: string; parameters: readonly unknown[] }
  }): Promise<{ readonly rows: readonly Result[]; readonly rowCount: number }> => {
    const { sql: text, parameters } = query.compile()
    return renewer.query<Result>({ sql: text, parameters })
  }
  const mine = {
    holder: options.holder,
    host: options.host,
    pid: worker.identity.pid,
    backend_started: worker.identity.startedAt,
    acquired_at: now,
    expires_at: fromNow(options.ttl),
  }
  const read = db
    .selectFrom(table)
    .select(['token', 'holder', 'pid', 'backend_started', sql<boolean>`expires_at <= ${now}`.as('free')])
    .where('name', '=', name)
  let [row] = (await run<Row>(read)).rows
  // Only where there is none: on MySQL an insert would wait for a holder that stands still inside a transaction, who is to be ended.
  if (row === undefined) {
    await run(
      upsert(db.insertInto(table).values({ name, token: 0, holder: '', host: '', expires_at: now }), ['name'], {}),
    )
    row = (await run<Row>(read)).rows[0]
  }
  if (row === undefined) throw temporary('lease.missing', `the lease ${name} vanished`)
  if (row.pid !== null && !(await holderGone(row, options))) return row
  // Compare and swap on the token: of two takers, one finds that the row is not what it read.
  const taken = await run(
    db
      .updateTable(table)
      .set((eb) => ({ ...mine, token: eb('token', '+', 1) }))
      .where('name', '=', name)
      .where('token', '=', row.token),
  )
  return taken.rowCount === 0 ? row : Number(row.token) + 1
}

/** Which of these leases somebody holds, or held when it died. */
export async function leasesHeld(
  names: readonly string[],
  { dialect, schema, renewer }: LeaseOptions,
): Promise<readonly string[]> {
  const query = dialect.state
    .queries(schema)
    .selectFrom(dialect.state.table(schema, 'lease'))
    .select('name')
    .where('name', 'in', names)
    .where('pid', 'is not', null)
    .orderBy('name')
    .compile()
  return (await renewer.query<{ name: string }>(query)).rows.map(({ name }) => name)
}

/**
 * A holder is gone when its session is; one whose time is over is ended, and must be seen gone. But what the server goes on with for
 * a client that died is waited for.
 */
async function holderGone(row: Row, options: LeaseOptions): Promise<boolean> {
  const { sessions } = options.dialect
  const pid = row.pid ?? 0
  const started = row.backend_started ?? ''
  const look = async (): Promise<{ readonly alive?: boolean; readonly working?: boolean }> =>
    (await options.renewer.query<{ alive: boolean; working: boolean }>(sessions.backendAlive(pid, started))).rows[0] ??
    {}
  const alive = async (): Promise<boolean> => Boolean((await look()).alive)
  const found = await look()
  if (!found.alive) return true
  if (!row.free || found.working) return false
  await options.renewer.query(sessions.terminate(pid, started))
  for (let tries = 0; tries < 50; tries++) {
    if (!(await alive())) return true
    await sleep(100)
  }
  return false
}

function hold(name: string, token: number, options: LeaseOptions): Lease {
  const { now, fromNow, hold: holdOn } = options.dialect.state
  const db = options.dialect.state.queries(options.schema)
  const table = options.dialect.state.table(options.schema, 'lease')
  let lost: BellowsError | null = null
  let renewing: Promise<void> = Promise.resolve()
  const gone = (cause?: unknown): BellowsError =>
    temporary('lease.lost', `the lease ${name} was lost to another runner`, { hint: 'That one goes on.', cause })
  const renew = async (): Promise<void> => {
    const query = db
      .updateTable(table)
      .set({ expires_at: fromNow(options.ttl) })
      .where('name', '=', name)
      .where('token', '=', token)
      .where('expires_at', '>', now)
      .compile()
    for (const until = Date.now() + options.ttl / 3; lost === null; ) {
      try {
        if ((await options.renewer.query(query)).rowCount === 0) lost = gone()
        options.onState?.(lost === null ? 'renewed' : 'lost')
        return
      } catch (error) {
        if (!isBellowsError(error) || !waits.has(error.code)) {
          lost = gone(error)
          options.onState?.('lost')
        }
        // The working session's hold on the row keeps us from it: in line again at once, or batches that are longer than our wait never let us in.
        if (Date.now() > until) return
      }
    }
  }
  const timer = setInterval(() => {
    renewing = renewing.then(() => (lost === null ? renew() : undefined))
  }, options.ttl / 3)
  timer.unref()
  options.onState?.('taken')
  return {
    name,
    token,
    get lost() {
      return lost
    },
    // A taker-over ends this session before it takes the row, so what this transaction does is either committed before or gone.
    check: async () => {
      if (lost !== null) throw lost
      const query = holdOn(
        db
          .selectFrom(table)
          .select('token')
          .where('name', '=', name)
          .where('token', '=', token)
          .where('expires_at', '>', now),
      ).compile()
      if ((await options.worker.query(query)).rows.length === 0) throw gone()
    },
    release: async () => {
      clearInterval(timer)
      await renewing
      const query = db
        .updateTable(table)
        // What a session that broke was doing may go on in the server: whoever comes next sees it gone first.
        .set({ ...(options.worker.alive ? { pid: null, backend_started: null } : {}), expires_at: now })
        .where('name', '=', name)
        .where('token', '=', token)
        .compile()
      await options.renewer.query(query).catch(() => undefined)
      options.onState?.('released')
    },
  }
}
