import type { AppVersionSeen } from '../ledger/apps.ts'
import type { MigratorOptions } from './api.ts'
import type { Environment } from './open.ts'
import { hashOfStatements } from './statement-hash.ts'

/** How long a version that was retired may come back, unless said. */
const rollbackWindow = 86_400_000

/** A version that counts: it may run now, or is to come. */
export interface CountedVersion {
  readonly role: 'old' | 'new'
  readonly app: string
  readonly version: string
  readonly hash: string
  /** Why it counts. */
  readonly why: string
}

/** The versions that count in an environment, and what is to be said of them and of the others. */
export interface Counted {
  readonly versions: readonly CountedVersion[]
  readonly notices: readonly string[]
}

const named = ({ app, version }: { readonly app: string; readonly version: string }): string => `${app} ${version}`

/**
 * Old is what is deployed, and what was retired so lately that a rollback may bring it back. New is, of each app, what was registered
 * last and is not deployed yet: of the builds of a day one goes out.
 */
export function countRegistered(all: readonly AppVersionSeen[], environment: string, window: number): Counted {
  const here = all.filter((each) => each.environment === environment)
  const elsewhere = all.filter((each) => each.environment !== environment && each.state === 'deployed')
  const versions: CountedVersion[] = []
  const notices: string[] = []
  const take = (role: 'old' | 'new', row: AppVersionSeen, why: string): void => {
    versions.push({ role, app: row.app, version: row.version, hash: row.hash, why })
    notices.push(`${named(row)} is taken as ${role}: ${why}`)
  }
  for (const row of here) if (row.state === 'deployed') take('old', row, `deployed since ${row.deployed_at}`)
  for (const row of here) if (isTarget(row, window)) take('old', row, `retired at ${row.retired_at}, and may come back`)
  for (const row of here) {
    if (row.state !== 'registered') continue
    const later = here.findLast((each) => each.state === 'registered' && each.app === row.app)
    if (later === row) take('new', row, `registered at ${row.registered_at}, and not deployed`)
    else notices.push(`${named(row)} is left out: ${later?.version} was registered after it`)
  }
  if (elsewhere.length > 0) {
    const names = elsewhere.map((each) => `${named(each)} in ${each.environment}`)
    notices.push(`deployed in other environments, and left out: ${names.join(', ')}`)
  }
  return { versions, notices }
}

function isTarget({ state, deployed_at, retired_at, now }: AppVersionSeen, window: number): boolean {
  if (state !== 'retired' || deployed_at === null || retired_at === null) return false
  return Date.parse(now) - Date.parse(retired_at) <= window
}

/** What is registered in the environment of the options. */
export async function registeredVersions(environment: Environment): Promise<Counted> {
  const { options } = environment
  const all = await (await environment.apps()).versions()
  return countRegistered(all, options.environment ?? 'default', options.rollbackWindow ?? rollbackWindow)
}

/** What counts for `expand`: as {@link registeredVersions}; where nothing is registered as old, or as new, the lists of the options. */
export async function countedVersions(environment: Environment): Promise<readonly CountedVersion[]> {
  const { versions } = await registeredVersions(environment)
  const lists = listsBeside(versions, environment.options.lists ?? [])
  return [
    ...versions,
    ...lists.map(({ role, app, version, statements }) => ({
      role,
      app,
      version,
      hash: hashOfStatements(statements),
      why: 'a statement list names it',
    })),
  ]
}

type List = NonNullable<MigratorOptions['lists']>[number]

/** The lists of a side that has no registered version; not those of a version that is registered on the other. */
export function listsBeside<L extends Pick<List, 'role' | 'app' | 'version'>>(
  versions: readonly CountedVersion[],
  lists: readonly L[],
): readonly L[] {
  return lists.filter(
    (list) =>
      !versions.some((each) => each.role === list.role || (each.app === list.app && each.version === list.version)),
  )
}
