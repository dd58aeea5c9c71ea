import type { CheckDialect } from '../dialects/check.ts'
import { usageError } from '../errors.ts'
import { type CountedVersion, listsBeside, registeredVersions } from '../runner/counting.ts'
import type { Environment } from '../runner/open.ts'
import { parseJsonList } from './statement-list.ts'
import { type AppVersion, type Role, readVersions } from './versions.ts'

/** Files with statement lists, by what their versions are. */
export interface ListFiles {
  readonly old?: readonly string[]
  readonly new?: readonly string[]
}

/** The versions that a check takes, and why. */
export interface Taken {
  readonly versions: readonly AppVersion[]
  readonly notices: readonly string[]
}

/**
 * Of each side, old and new: the files that were given; else the versions that the database knows; else the files that stand by.
 *
 * @param needed whether there has to be one
 * @throws BellowsError exit 2 when there is none at all and one is needed, a list is not valid, or a version is both old and new
 */
export async function versionsToCheck(
  target: Environment,
  given: ListFiles,
  otherwise: ListFiles,
  dialect: Pick<CheckDialect, 'splitStatements'>,
  needed = true,
): Promise<Taken> {
  const { versions: counted, notices } = await registeredVersions(target)
  const fromFile = (role: Role): boolean => (given[role] ?? []).length > 0
  const registered = counted.filter(({ role }) => !fromFile(role))
  const leftOut = counted.filter(({ role }) => fromFile(role))
  const files = await read(given, dialect)
  const both = files.find((file) => registered.some((each) => same(each, file)))
  if (both !== undefined) {
    const role = both.role === 'new' ? 'old' : 'new'
    throw usageError(
      'check.version-twice',
      `${both.app} ${both.version} is given as ${both.role}, and registered as ${role}`,
      {
        hint: `Leave its list out, or give the lists of the ${role} versions too.`,
      },
    )
  }
  const open: ListFiles = {
    old: fromFile('old') ? [] : (otherwise.old ?? []),
    new: fromFile('new') ? [] : (otherwise.new ?? []),
  }
  const beside = listsBeside(registered, await read(open, dialect))
  const versions = [...files, ...(await load(target, registered)), ...beside]
  // Says what is missing.
  if (versions.length === 0 && needed) await readVersions([], [], dialect)
  return { versions: sorted(versions), notices: leftOut.length === 0 ? notices : told(notices, leftOut) }
}

const same = (a: Pick<AppVersion, 'app' | 'version'>, b: Pick<AppVersion, 'app' | 'version'>): boolean =>
  a.app === b.app && a.version === b.version

const sorted = (versions: readonly AppVersion[]): readonly AppVersion[] => [
  ...versions.filter(({ role }) => role === 'old'),
  ...versions.filter(({ role }) => role === 'new'),
]

function told(notices: readonly string[], leftOut: readonly CountedVersion[]): readonly string[] {
  const lines = leftOut.map(({ app, version, role }) => `${app} ${version} is taken as ${role}`)
  return [
    ...notices.filter((notice) => !lines.some((line) => notice.startsWith(`${line}:`))),
    ...leftOut.map(({ app, version, role }) => `${app} ${version} is left out, though registered: --${role} was given`),
  ]
}

async function read(files: ListFiles, dialect: Pick<CheckDialect, 'splitStatements'>): Promise<readonly AppVersion[]> {
  const { old = [], new: new_ = [] } = files
  return old.length + new_.length === 0 ? [] : readVersions(old, new_, dialect)
}

/** What was registered, judged again: the tables are open to whoever owns them. */
async function load(target: Environment, counted: readonly CountedVersion[]): Promise<readonly AppVersion[]> {
  const apps = await target.apps()
  const environment = target.options.environment ?? 'default'
  const versions: AppVersion[] = []
  for (const { role, app, version } of counted) {
    const statements = await apps.statements({ environment, app, version })
    const list = parseJsonList(JSON.stringify({ app, version, statements }), `the registered list of ${app} ${version}`)
    versions.push({ ...list, role })
  }
  return versions
}
