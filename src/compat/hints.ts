import type { Ready, State } from './states.ts'
import type { Role } from './versions.ts'

/** Whose statement it is, in which state, and whether it has to work there. */
export interface Place {
  readonly role: Role
  readonly version: string
  readonly state: State
  readonly required: boolean
  readonly ready: Ready
  /** It can be prepared in a state in which it has to work. */
  readonly works: boolean
  readonly source: string | null
  /** What becomes of a statement that was prepared before its result changed; null when the server sees to it itself. */
  readonly stale: string | null
}

const at = ({ source }: Place): string => (source === null ? '' : ` at ${source}`)

const again = ({ stale }: Place): string =>
  `a statement that was prepared before fails (${stale}) until it is prepared again.`

/** Where a version does not run, what happens to its statements is no fault. */
const asItShouldBe = ({ role, version, ready }: Place): string =>
  role === 'old'
    ? `As it should be: contract when nothing of ${version} runs any more.`
    : `As it should be: deploy ${version} after ${ready === 'expanded' ? 'expand' : 'the backfill'}.`

/** What to do about a statement that cannot be prepared. */
export function failsHint(place: Place): string {
  if (!place.required && place.works) return asItShouldBe(place)
  if (place.role === 'new') return `Correct the statement${at(place)}, or the migration.`
  return `${place.version} still runs then: change the migration, or first deploy a version without the statement${at(place)}.`
}

/** What to do about a `*` whose columns change. */
export function starHint(place: Place): string {
  if (!place.required) return asItShouldBe(place)
  return `Name the columns instead of *${at(place)}: ${again(place)} If the driver never keeps it prepared, say "prepared": false in the list.`
}

/** What to do about a result or a parameter that becomes something else. */
export function changesHint(place: Place): string {
  return place.required ? `See that the code${at(place)} takes both.` : asItShouldBe(place)
}

/** What to do about names that silently mean something else. */
export function meaningHint(place: Place): string {
  if (!place.required) return asItShouldBe(place)
  return `Nothing fails, and it means something else: qualify the names${at(place)}, and say ON instead of NATURAL JOIN or USING.`
}

/** What to do about a COPY that takes all columns. */
export function copyHint(place: Place): string {
  return place.required ? `List the columns of the COPY${at(place)}.` : asItShouldBe(place)
}

/** What to do about a result column of another type. */
export function typeHint(place: Place): string {
  if (!place.required) return asItShouldBe(place)
  if (place.stale === null) return changesHint(place)
  return `${changesHint(place)} A${again(place).slice(1)}`
}

/** What to do about a statement that says nothing. */
export function unverifiableHint(place: Place): string {
  return place.role === 'old'
    ? `It does not work on today's schema either: correct it${at(place)}, or take it out of the list.`
    : `Something that it needs may be missing on the shadow (see the notices): check it${at(place)} by hand.`
}

/** What to do about a statement that the server takes, but not with these values. */
export function triedHint(place: Place): string {
  if (!place.required) return asItShouldBe(place)
  return `${failsHint({ ...place, works: false })} If only the sample values do not fit, give better ones in "samples".`
}

/** What to do about a statement that preparing proves nothing about. */
export function byHandHint(place: Place): string {
  return `Check it${at(place)} by hand, or take it out of the list.`
}
