import type { Dialect, Session } from '../../dialects/dialect.ts'
import type { Ledger } from '../../ledger/records.ts'
import type { SessionView } from '../api.ts'

/** Who was connected at one moment. */
export interface Look {
  readonly at: string
  readonly sessions: readonly SessionView[]
  /** Process, its start, and what it called itself, of so many as are kept: a pooler gives a process to one client after the other. */
  readonly names: readonly (readonly [pid: string, started: string, application: string])[]
}

/** What is known of the sessions of others. */
export interface Seen {
  /** The server's clock. */
  readonly now: string
  /** Null where they could not be read. */
  readonly sessions: readonly SessionView[] | null
  readonly names: Look['names']
  /** Earlier looks, oldest first. */
  readonly looks: readonly Look[]
}

const kind = 'sessions'
const keptNames = 200
/** The same is not written down again sooner. */
const apart = 30_000

/** Who is connected now, and who was when contract looked before. */
export async function lookAtSessions(
  dialect: Dialect,
  session: Session,
  ledger: Ledger,
  { name, backfilled_at: from }: { readonly name: string; readonly backfilled_at: string | null },
  within: number,
): Promise<Seen> {
  const found = await ledger.samples(name, kind, Math.max(within, apart))
  const looks = found
    .filter(({ at }) => from !== null && Date.parse(at) >= Date.parse(from))
    .map(({ at, value }) => ({ ...(value as Omit<Look, 'at'>), at }))
  return { ...(await connectedNow(dialect, session)), looks }
}

/** Who is connected now, and nothing of before. */
export async function connectedNow(dialect: Dialect, session: Session): Promise<Omit<Seen, 'looks'>> {
  const [where] = (await session.query<{ now: string }>(dialect.sessions.whereAmI)).rows
  const now = where?.now ?? ''
  try {
    const { rows } = await session.query<Connected>(dialect.evidence.sessions)
    const names = rows.flatMap(({ pid, started, application }) =>
      started === null || application === null ? [] : [[String(pid), started, application] as const],
    )
    return { now, sessions: grouped(rows), names: names.slice(0, keptNames) }
  } catch {
    return { now, sessions: null, names: [] }
  }
}

/** Keeps a look, so that the gate sees more than one instant. */
export async function keepLook(ledger: Ledger, migration: string, seen: Seen): Promise<void> {
  if (seen.sessions === null) return
  const value = { sessions: seen.sessions, names: seen.names }
  const last = seen.looks.at(-1)
  const soon = last !== undefined && Date.parse(seen.now) - Date.parse(last.at) < apart
  if (soon && JSON.stringify({ sessions: last.sessions, names: last.names }) === JSON.stringify(value)) return
  await ledger.sample(migration, kind, value)
}

interface Connected {
  readonly pid: number | string
  readonly started: string | null
  readonly application: string | null
  readonly version: string | null
  readonly user: string
}

function grouped(rows: readonly Connected[]): readonly SessionView[] {
  const found = new Map<string, SessionView>()
  for (const { application, version, user, started } of rows) {
    const key = JSON.stringify([application, version, user])
    const other = found.get(key)
    // Hidden of one is hidden of all: who began first cannot be told.
    const since = started ?? 'unknown'
    found.set(key, {
      applicationName: application,
      ...(version === null ? {} : { version }),
      user,
      since:
        other === undefined || (other.since !== 'unknown' && (since === 'unknown' || since < other.since))
          ? since
          : other.since,
      count: (other?.count ?? 0) + 1,
    })
  }
  return [...found.values()]
}

/** A process that changed its name between two looks: what names say is of whoever used it last. */
export function renamedBetweenLooks({ looks, names }: Pick<Seen, 'looks' | 'names'>): string | null {
  const known = new Map<string, string>()
  for (const [pid, started, application] of [...looks.flatMap((look) => look.names), ...names]) {
    const key = `${pid} ${started}`
    const before = known.get(key)
    if (before !== undefined && before !== application)
      return `process ${pid} was ${before || '(no name)'} and is ${application || '(no name)'}`
    known.set(key, application)
  }
  return null
}
