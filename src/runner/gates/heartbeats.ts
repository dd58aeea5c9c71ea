import type { Dialect, Session } from '../../dialects/dialect.ts'
import { type HeardVersion, heardVersions } from '../../ledger/heartbeats.ts'
import type { Gate } from '../api.ts'
import type { GateInput } from '../gates.ts'
import type { Advisory } from './advisory.ts'
import { gate } from './gate.ts'
import { matches, type Standing, standingHints, standingOf, type VersionName, type VersionPolicy } from './standing.ts'

/** What of a look at the gates this one needs, so that it can be asked again under the lock. */
export type HeartbeatPolicy = VersionPolicy & Pick<GateInput, 'heard' | 'requireGate' | 'quietPeriod'>

const name = 'heartbeats'
/** An instance that is late is not gone: a shorter silence proves nothing, whatever quiet period is asked for. */
const least = 60_000

/** How long a version has to be silent, in milliseconds. */
const silence = (quietPeriod: number): number => Math.max(quietPeriod, least)

/** Who was heard; null where that may not be read. */
export function readHeard(
  dialect: Dialect,
  session: Session,
  stateSchema: string,
  quietPeriod: number,
): Promise<GateInput['heard']> {
  return heardVersions(dialect, session, stateSchema, silence(quietPeriod)).catch(() => null)
}

/** Does no version say that it runs which may not run any more? Silence counts only of those that are known to speak. */
export function heartbeatsGate(policy: HeartbeatPolicy, now: string): Advisory {
  const judged = judge(policy, now)
  const closes = judged.status === 'failed' || judged.status === 'unknown'
  if (!closes || policy.requireGate.includes(name)) return { gate: judged, notice: null }
  if (policy.heard?.length === 0) return { gate: gate(name, 'not-applicable', judged.reason), notice: null }
  const told: Gate = { ...judged, status: 'advisory', retryAfterSeconds: null }
  return { gate: told, notice: judged.status === 'failed' ? `${name}: ${judged.reason}` : null }
}

type Heard = HeardVersion & { readonly standing: Standing }

function judge(policy: HeartbeatPolicy, now: string): Gate {
  if (policy.heard === null)
    return gate(name, 'unknown', 'the heartbeats could not be read', 'GRANT SELECT on that table to who runs this.')
  if (policy.heard.length === 0)
    return gate(
      name,
      'unknown',
      'no app ever sent a heartbeat',
      'Let every version send them, or do without this gate.',
    )
  const quiet = silence(policy.quietPeriod)
  const within = `within ${Math.round(quiet / 1000)} s`
  const heard = policy.heard.map((each): Heard => ({ ...each, standing: standingOf(policy, each) }))
  const living = heard.filter(({ alive }) => alive > 0)
  const shut = living.filter(({ standing }) => standing.is === 'old' || standing.is === 'stranger')
  if (shut.length > 0) {
    const last = Math.max(...shut.map((each) => Date.parse(each.last)))
    const hint = shut.some(({ standing }) => standing.is === 'old') ? standingHints.old : standingHints.stranger
    const left = Math.max(1, Math.ceil((last + quiet - Date.parse(now)) / 1000))
    return gate(name, 'failed', `heard ${within}: ${list(shut)}`, hint, left)
  }
  const untold = living.filter(({ standing }) => standing.is === 'untold')
  if (untold.length > 0) return gate(name, 'unknown', `heard ${within}: ${list(untold)}`, standingHints.untold)
  const vain = silenceInVain(policy, heard)
  if (vain !== null)
    return gate(name, 'unknown', vain, 'Let every version send them, the old one too; or force this gate.')
  const silent = heard.filter((each) => each.alive === 0)
  const others = silent.slice(0, 5).map((each) => `${show(each)} at ${each.last}`)
  const before = others.length === 0 ? 'no other version ever was' : `the last of others: ${others.join(', ')}`
  return gate(
    name,
    'ok',
    `heard ${within}: only ${living.map((each) => `${show(each)} (${each.alive})`).join(', ')}; ${before}`,
  )
}

/** Why silence proves nothing here; null where it does. */
function silenceInVain(policy: HeartbeatPolicy, heard: readonly Heard[]): string | null {
  const living = heard.filter(({ alive }) => alive > 0)
  if (living.length === 0) return 'nobody is heard now, so that the silence of the old version proves nothing'
  const { versions } = policy.check
  // What nobody said more of than that it is not among the old.
  const byOldAlone = versions.length === 0 || living.some(({ standing }) => standing.is === 'unnamed')
  if (byOldAlone && policy.oldApp.length > 0 && !heard.some((each) => matches(policy.oldApp, each)))
    return 'no version that --old-app names ever sent one, so that its silence proves nothing'
  const allAllowed = heard.every(({ standing }) => standing.is === 'fine')
  if (versions.length === 0 && policy.oldApp.length === 0 && allAllowed)
    return 'no version ever sent one but those that --allow-app names, so that the silence of others proves nothing'
  // Which ran when this was expanded or later, and may not run any more.
  const gone = versions
    .filter(
      ({ state, retired_at: at }) =>
        state === 'deployed' || (state === 'retired' && (at ?? '') >= policy.row.created_at),
    )
    .filter((each) => standingOf(policy, each).is !== 'fine')
  const mute = gone.filter((each) => !heard.some((other) => same(other, each)))
  if (mute.length > 0)
    return `never heard, so that its silence proves nothing: ${mute.map((each) => `${show(each)}, ${each.state === 'retired' ? `retired at ${each.retired_at}` : `deployed at ${each.deployed_at}`}`).join('; ')}`
  // Where those that may run are not heard either, it may be the way to the table that is broken.
  const unheard = gone.find(({ app }) => {
    const may = versions.filter(
      (each) => each.app === app && each.state === 'deployed' && standingOf(policy, each).is === 'fine',
    )
    return may.length > 0 && !living.some((each) => each.app === app)
  })
  return unheard === undefined
    ? null
    : `of ${unheard.app} nobody is heard now, so that the silence of ${show(unheard)} proves nothing`
}

const same = (a: VersionName, b: VersionName): boolean => a.app === b.app && a.version === b.version

const show = ({ app, version }: VersionName): string => `${app} ${version}`

const list = (heard: readonly Heard[]): string =>
  heard
    .map((each) => `${show(each)} (${each.alive}, since ${each.since}, last at ${each.last}), ${each.standing.why}`)
    .join('; ')
