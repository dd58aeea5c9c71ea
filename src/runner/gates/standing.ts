import type { GateInput } from '../gates.ts'
import { likePattern } from '../like.ts'
import { contractedVersion } from './check.ts'

/** What is said of versions, by flags, config and `migrate app`. */
export type VersionPolicy = Pick<GateInput, 'oldApp' | 'allowApp' | 'check' | 'plan' | 'row'>

/** Which version of which app something is. */
export interface VersionName {
  readonly app: string
  readonly version: string
}

/**
 * How a version that runs stands to contract: `old`: it may not run any more. `fine`: it may. `stranger`: nobody said that it may, though
 * it is said who may. `untold`: nobody said either. `unnamed`: it is not among those that were named as old, and that is all that was said.
 */
export interface Standing {
  readonly is: 'old' | 'fine' | 'stranger' | 'untold' | 'unnamed'
  readonly why: string
}

/** Whether a version may run is judged by what was said of it, old first: texts are compared, and nothing is read out of them. */
export function standingOf(policy: VersionPolicy, named: VersionName): Standing {
  const { oldApp, allowApp, check, plan, row } = policy
  const { app, version } = named
  const known = check.versions.filter((each) => each.app === app)
  const found = known.find((each) => each.version === version)
  const works = found === undefined ? null : contractedVersion(check, plan, found)
  if (matches(oldApp, named)) return { is: 'old', why: 'which --old-app names' }
  if (works === false) return { is: 'old', why: 'which does not work once this is contracted' }
  if (matches(allowApp, named)) return { is: 'fine', why: 'which --allow-app names' }
  if (found?.state === 'retired') return { is: 'old', why: `which was retired at ${found.retired_at}` }
  if (found?.state === 'deployed') {
    if (works === true) return { is: 'fine', why: 'which works once this is contracted' }
    const times = known.flatMap((each) => (each.state === 'deployed' ? [each.deployed_at ?? ''] : []))
    if (times.some((at) => at > (found.deployed_at ?? '')))
      return { is: 'untold', why: 'beside which a later version is deployed' }
    // What was there before the new shape was cannot know it.
    if (
      (found.deployed_at ?? '') < row.created_at ||
      (check.before ?? []).some((each) => each.app === app && each.version === version)
    )
      return { is: 'untold', why: 'which was deployed before this was expanded' }
    return { is: 'fine', why: 'which is deployed' }
  }
  if (known.length > 0)
    return { is: 'stranger', why: found === undefined ? 'which is not registered' : 'which is not marked as deployed' }
  if (allowApp.length > 0) return { is: 'stranger', why: 'which --allow-app does not name' }
  if (oldApp.length > 0) return { is: 'unnamed', why: 'which --old-app does not name' }
  return { is: 'untold', why: 'of which nobody said whether it is old' }
}

/** What is done about versions that run and should not, or of which nobody said whether they should. */
export const standingHints = {
  old: 'Stop it, and see that nothing starts it again.',
  stranger: 'Stop it, or say that it may run: migrate app deployed, or --allow-app.',
  untold:
    'Say which one is old with migrate app retired or --old-app, and which may run with --allow-app; or record a check before expand.',
} as const

/** `shop-v1%` is meant for the version `v1` of `shop`, however the two are put together elsewhere. */
const joints = [' ', '-', '/', '@', ':', '_'] as const

export function matches(patterns: readonly string[], { app, version }: VersionName): boolean {
  const names = [version, ...joints.map((joint) => `${app}${joint}${version}`)]
  return patterns.some((pattern) => names.some((name) => likePattern(pattern, name)))
}
