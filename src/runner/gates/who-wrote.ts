import type { SessionView } from '../api.ts'
import type { GateInput } from '../gates.ts'
import type { TellWho } from './legacy-writes.ts'
import type { Seen } from './looks.ts'

interface Writer {
  /** True where the server knows that this session wrote; false where it is one of those that may have. */
  readonly wrote: boolean
  readonly application: string | null
  readonly version: string | null
  /** Null where the session is gone, or not shown. */
  readonly user: string | null
}

/** How far a look may be from a write to say something about it. */
const near = 120_000

/**
 * Who wrote the old side, as far as it can be told without asking more of the app's writes than they bear already: nothing is noted for
 * this. A help to find them, and no evidence: gates do not go by it.
 */
export function whoWrote(
  { dialect, session, stateSchema }: Pick<GateInput, 'dialect' | 'session' | 'stateSchema'>,
  seen: Pick<Seen, 'looks'>,
): TellWho {
  return async (lens, second) => {
    const rows = await session
      .query<Writer & { readonly wrote: boolean | number }>(dialect.evidence.writers(lens, second, stateSchema))
      .then((found) => found.rows)
      .catch(() => [])
    const shown = rows.filter(({ user }) => user !== null)
    const names = counted(shown.map(name))
    if (names !== '') return Number(shown[0]?.wrote) === 1 ? `by ${names}` : `when these were connected: ${names}`
    const at = second * 1000
    const look = [...seen.looks]
      .sort((a, b) => Math.abs(Date.parse(a.at) - at) - Math.abs(Date.parse(b.at) - at))
      .find((each) => Math.abs(Date.parse(each.at) - at) <= near)
    if (look === undefined || look.sessions.length === 0) return 'by somebody who is not seen any more'
    return `by somebody who is not seen any more; connected at ${look.at}: ${look.sessions.map(viewed).join(', ')}`
  }
}

const name = ({ application, version, user }: Omit<Writer, 'wrote'>): string =>
  [application || '(no name)', version, `as ${user}`].filter((part) => part !== null).join(' ')

const viewed = ({ applicationName, version, user, count }: SessionView): string =>
  `${name({ application: applicationName, version: version ?? null, user })} (${count})`

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const each of names) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].map(([each, count]) => `${each} (${count})`).join(', ')
}
