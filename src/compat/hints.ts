import type { State } from './states.ts'
import type { Role } from './versions.ts'

/** Whose statement it is, in which state, and whether it has to work there. */
export interface Place {
  readonly role: Role
  readonly version: string
  readonly state: State
  readonly required: boolean
  readonly source: string | null
}

const at = ({ source }: Place): string => (source === null ? '' : ` at ${source}`)

/** What to do about a statement that cannot be prepared. */
export function failsHint(place: Place): string {
  const { role, state, version, required } = place
  if (role === 'old') {
    return required
      ? `${version} still runs then: change the migration, or first deploy a version without the statement${at(place)}.`
      : `As it should be: contract when nothing of ${version} runs any more.`
  }
  if (!required)
    return `As it should be: deploy ${version} ${state === 'before' ? 'after expand' : 'after the backfill'}.`
  return `Correct the statement${at(place)}, or the migration.`
}

/** What to do about a `*` whose columns change. */
export function starHint(place: Place): string {
  return `Name the columns instead of *${at(place)}: a statement that was prepared before fails (0A000) until it is prepared again. If the driver never keeps it prepared, say "prepared": false in the list.`
}

/** What to do about a result or a parameter that becomes something else. */
export function changesHint(place: Place): string {
  return `See that the code${at(place)} takes both.`
}

/** What to do about a result column of another type. */
export function typeHint(place: Place): string {
  return `${changesHint(place)} A statement that was prepared before fails (0A000) until it is prepared again.`
}

/** What to do about a statement that says nothing. */
export function unverifiableHint(place: Place): string {
  return place.role === 'old'
    ? `It does not work on today's schema either: correct it${at(place)}, or take it out of the list.`
    : `Something that it needs may be missing on the shadow (see the notices): check it${at(place)} by hand.`
}
