import type { Gate, SessionView } from '../api.ts'
import type { GateInput } from '../gates.ts'
import { likePattern } from '../like.ts'
import { gate } from './gate.ts'
import { renamedBetweenLooks, type Seen } from './looks.ts'

/** What of a look at the gates this one needs, so that it can be asked again under the lock. */
export type SessionPolicy = Pick<
  GateInput,
  'dialect' | 'oldApp' | 'allowApp' | 'throughPooler' | 'requireGate' | 'quietPeriod' | 'fence' | 'fencedSince'
>

type Verdict = 'fine' | 'old' | 'untold'

/** Was nobody connected, within the quiet period, who is named as old, or who is not named as allowed? */
export function sessionsGate(policy: SessionPolicy, seen: Seen): Gate {
  const { oldApp, allowApp, requireGate, throughPooler, quietPeriod } = policy
  if (oldApp.length === 0 && allowApp.length === 0 && policy.fence.length === 0) {
    const reason = 'neither --old-app nor --allow-app was named'
    return requireGate.includes('sessions')
      ? gate(
          'sessions',
          'unknown',
          reason,
          'Name the sessions of the old version with --old-app, or those that may be there with --allow-app.',
        )
      : gate('sessions', 'not-applicable', reason)
  }
  if (throughPooler === 'shared-users')
    return unknown(
      'behind a transaction pooler the server sees the sessions of the pooler: which versions use them cannot be known',
      byUser,
    )
  if (seen.sessions === null) return unknown('the sessions could not be read', policy.dialect.evidence.hints.sessions)
  // Whom contract locks out may be there until then, and may have been; after that nobody of them is to be found.
  const isFenced = ({ user }: SessionView): boolean => policy.fence.includes(user)
  const judge = (session: SessionView): Verdict => (isFenced(session) ? 'fine' : verdict(policy, session))
  const slippedIn = (session: SessionView): boolean => policy.fencedSince !== null && isFenced(session)
  const old = seen.sessions.filter((session) => judge(session) === 'old' || slippedIn(session))
  const since = Date.parse(seen.now) - quietPeriod
  const looks = seen.looks.filter(({ at }) => Date.parse(at) >= since)
  if (old.length > 0) {
    const names = old.map((session) => `${who(session)} (${session.count}) since ${session.since}`)
    return gate(
      'sessions',
      'failed',
      `${whatTheyAre(policy)} still connected: ${names.join(', ')}`,
      'Stop it, then try again.',
    )
  }
  const last = looks.findLast(({ sessions }) => sessions.some((session) => judge(session) === 'old'))
  if (last !== undefined) {
    const names = last.sessions.filter((session) => judge(session) === 'old').map(who)
    return gate(
      'sessions',
      'failed',
      `${whatTheyAre(policy)} not connected now, but seen at ${last.at}, within the quiet period of ${Math.round(quietPeriod / 1000)} s: ${names.join(', ')}`,
      'It may come back: wait, or stop what starts it.',
      Math.max(1, Math.ceil((Date.parse(last.at) - since) / 1000)),
    )
  }
  const renamed = throughPooler === null ? renamedBetweenLooks({ ...seen, looks }) : null
  if (renamed !== null) return unknown(`names are no evidence here: ${renamed}, as behind a transaction pooler`, byUser)
  const untold = seen.sessions.filter((session) => judge(session) === 'untold')
  if (untold.length > 0)
    return unknown(
      `the server does not tell which applications are connected: ${untold.map(({ user, count }) => `${count} as ${user}`).join(', ')}`,
      "Set performance_schema = ON in the server's configuration (and GRANT SELECT ON performance_schema.* to the migrating account), have a user for each version, or force this gate with a reason.",
    )
  const fenced = seen.sessions.filter(isFenced).reduce((sum, { count }) => sum + count, 0)
  const out =
    policy.fence.length === 0
      ? ''
      : `; ${policy.fence.join(', ')} (${fenced}) ${policy.fencedSince === null ? 'is locked out first' : 'is locked out'}`
  const nobody =
    oldApp.length > 0
      ? 'no session of the old version is connected'
      : allowApp.length > 0
        ? 'all who are connected are allowed'
        : 'nobody else was named as old'
  const [first] = looks
  const window = first === undefined ? 'by this look alone' : `in ${looks.length + 1} looks since ${first.at}`
  const idle = throughPooler === null ? '' : '; a client that is idle behind the pooler does not show'
  return gate('sessions', 'ok', `${nobody}, ${window}${idle}${out}`)
}

const byUser =
  'Have a database user for each version, and say --through-pooler user-per-version; or force this gate with a reason.'

const unknown = (reason: string, hint: string): Gate => gate('sessions', 'unknown', reason, hint)

const whatTheyAre = ({ allowApp, oldApp, fencedSince }: SessionPolicy): string =>
  fencedSince !== null
    ? 'who is old, locked out or not allowed is'
    : allowApp.length === 0
      ? 'the old version is'
      : oldApp.length === 0
        ? 'who is not allowed is'
        : 'who is old or not allowed is'

const who = ({ applicationName, version, user }: SessionView): string =>
  [applicationName || '(no name)', version, `as ${user}`].filter((part) => part !== undefined).join(' ')

function verdict({ oldApp, allowApp, throughPooler }: SessionPolicy, session: SessionView): Verdict {
  if (oldApp.length === 0 && allowApp.length === 0) return 'fine'
  const names =
    throughPooler === null ? [session.applicationName ?? '', session.version ?? '', session.user] : [session.user]
  const isIn = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => names.some((name) => likePattern(pattern, name)))
  if (isIn(oldApp)) return 'old'
  const allowed = isIn(allowApp)
  // Hidden is neither the one nor the other; a user that is allowed is, whatever it calls itself, unless old ones may hide behind it.
  const hidden = throughPooler === null && session.applicationName === null
  if (hidden && (oldApp.length > 0 || !allowed)) return 'untold'
  return allowApp.length === 0 || allowed ? 'fine' : 'old'
}
