import type { CheckDialect } from '../dialects/check.ts'
import { checkOf } from '../dialects/open.ts'
import { drift, usageError } from '../errors.ts'
import type { AppVersionKey, AppVersionRow, AppVersionState } from '../ledger/apps.ts'
import type { MigratorOptions } from '../runner/api.ts'
import { type Environment, openEnvironment } from '../runner/open.ts'
import { hashOfStatements } from '../runner/statement-hash.ts'
import { checkName, checkStorable, storedStatements } from './app-list.ts'
import { joinStatements } from './join-statements.ts'
import { parseJsonList, readStatementList, type StatementList } from './statement-list.ts'

/** Which version of an app, in which environment of the database at hand. */
export interface AppVersionOptions {
  readonly migrator: MigratorOptions
  readonly app: string
  readonly version: string
  readonly dryRun?: boolean
}

/** What {@link registerApp} takes. The names are those of the list, where they are not given. */
export interface RegisterOptions extends Omit<AppVersionOptions, 'app' | 'version'> {
  readonly app?: string
  readonly version?: string
  /** Files, which are one list together, or a list. */
  readonly statements: readonly string[] | StatementList
  /** Keeps the sample values, which are of your customers, in the database. */
  readonly samples?: boolean
  /** Takes the place of what the version was registered with. */
  readonly replace?: boolean
}

/** A version as {@link listApps} gives it. */
export interface AppVersionView {
  readonly environment: string
  readonly app: string
  readonly version: string
  readonly state: AppVersionState
  /** Of its statements, in hex. */
  readonly hash: string
  readonly registeredAt: string
  readonly deployedAt: string | null
  readonly retiredAt: string | null
  readonly actor: string
}

/** What was done to a version. */
export interface AppResult {
  readonly dryRun: boolean
  /** `unchanged`: it was so already. With `dryRun`, what would be done. */
  readonly done: 'registered' | 'replaced' | 'deployed' | 'retired' | 'unchanged'
  readonly environment: string
  readonly app: string
  readonly version: string
  readonly state: AppVersionState
  /** How many statements are in the list that was registered. */
  readonly statements?: number
  /** Other versions of the app that were retired with it. */
  readonly retired?: readonly string[]
  readonly notices: readonly string[]
}

async function withApps<T>(
  options: MigratorOptions,
  body: (environment: Environment, name: string) => Promise<T>,
): Promise<T> {
  const name = checkName('environment', options.environment ?? 'default')
  const environment = openEnvironment(options)
  try {
    return await body(environment, name)
  } finally {
    await environment.close()
  }
}

/**
 * Tells the database what a version of an app runs. The same again changes nothing; a version that was retired is to come again.
 *
 * @throws BellowsError exit 2 for a list or a name that is not valid, exit 6 where the version was registered with other statements
 * @example
 * ```ts
 * await registerApp({ migrator: { database: url }, app: 'shop', version: sha, statements: ['statements.json'] })
 * ```
 */
export function registerApp(options: RegisterOptions): Promise<AppResult> {
  return withApps(options.migrator, async (target, environment) => {
    const list = await listOf(options.statements, await checkOf((await target.dialect()).name))
    const app = checkName('app', options.app ?? list.app)
    const version = checkName('version', options.version ?? list.version)
    const statements = storedStatements(list.statements, options.samples === true)
    checkStorable(statements)
    const hash = hashOfStatements(statements)
    const key = { environment, app, version }
    const given = {
      dryRun: options.dryRun === true,
      ...key,
      statements: statements.length,
      notices: noticesOf(options, list, { app, version }),
    }
    const judge = (found: AppVersionRow | null): AppResult => {
      if (found === null) return { ...given, done: 'registered', state: 'registered' }
      const state = found.state === 'deployed' ? 'deployed' : 'registered'
      if (found.hash === hash) return { ...given, done: found.state === state ? 'unchanged' : 'registered', state }
      if (options.replace === true) return { ...given, done: 'replaced', state }
      throw drift('app.changed', `${app} ${version} is registered in ${environment} with other statements`, {
        hint: 'A version runs what it runs: give a new one its own name, or say --replace.',
      })
    }
    if (options.dryRun === true) return judge(await seen(target, key))
    const apps = await target.writingApps()
    const ledger = await target.ledger()
    return apps.change(key, async (found) => {
      const result = judge(found)
      if (found === null) await apps.add(key, statements, hash)
      else await apps.set(key, { state: result.state, statements, hash, registered_at: true, retired_at: null })
      if (result.done !== 'unchanged') await ledger.event(null, `app-${result.done}`, { ...key, hash })
      return result
    })
  })
}

function noticesOf(
  { samples }: RegisterOptions,
  list: StatementList,
  given: { readonly app: string; readonly version: string },
): readonly string[] {
  const named = list.app === given.app && list.version === given.version
  const stripped = samples !== true && list.statements.some((each) => each.samples !== undefined)
  return [
    ...(named ? [] : [`the list is that of ${list.app} ${list.version}`]),
    ...(stripped ? ['sample values are left out: --samples keeps them'] : []),
    ...(list.statements.length === 0 ? ['the list has no statement: nothing is known about this version'] : []),
  ]
}

/** Several files are one list, under the names of the first. */
async function listOf(
  given: readonly string[] | StatementList,
  dialect: Pick<CheckDialect, 'splitStatements'>,
): Promise<StatementList> {
  if (!isFiles(given)) return parseJsonList(JSON.stringify(given), 'statements')
  const lists = await Promise.all(given.map((file) => readStatementList(file, dialect)))
  const [first, ...others] = lists
  if (first === undefined) throw usageError('app.no-list', 'no statement list is given')
  const other = others.find(({ app, version }) => app !== first.app || version !== first.version)
  if (other !== undefined) {
    throw usageError(
      'statements.invalid',
      `the lists are of ${first.app} ${first.version} and of ${other.app} ${other.version}`,
    )
  }
  const { statements, twice } = joinStatements(lists.map((list) => list.statements))
  if (twice !== undefined) throw usageError('statements.invalid', `two of the lists have a statement ${twice}`)
  return { ...first, statements }
}

const isFiles = (given: readonly string[] | StatementList): given is readonly string[] => Array.isArray(given)

async function seen(target: Environment, key: AppVersionKey): Promise<AppVersionRow | null> {
  const all = await (await target.apps()).versions()
  return all.find((each) => sameVersion(each, key)) ?? null
}

const sameVersion = (a: AppVersionKey, b: AppVersionKey): boolean =>
  a.environment === b.environment && a.app === b.app && a.version === b.version

/**
 * Tells the database that a version of an app runs, beside those that are deployed already.
 *
 * @throws BellowsError exit 2 for a version that is not registered
 */
export function markDeployed(options: AppVersionOptions & { readonly only?: boolean }): Promise<AppResult> {
  return mark(options, 'deployed', options.only === true)
}

/**
 * Tells the database that no instance of a version runs any more.
 *
 * @throws BellowsError exit 2 for a version that is not registered
 */
export function markRetired(options: AppVersionOptions): Promise<AppResult> {
  return mark(options, 'retired', false)
}

function mark(
  { migrator, app, version, dryRun = false }: AppVersionOptions,
  state: 'deployed' | 'retired',
  only: boolean,
): Promise<AppResult> {
  return withApps(migrator, async (target, environment) => {
    const key = { environment, app: checkName('app', app), version: checkName('version', version) }
    const others = async (): Promise<readonly AppVersionRow[]> => {
      const all = only ? await (await target.apps()).versions() : []
      return all.filter(
        (each) => each.state === 'deployed' && sameVersion({ ...each, version }, key) && each.version !== version,
      )
    }
    const judge = (found: AppVersionRow | null, besides: readonly AppVersionRow[]): AppResult => {
      if (found === null) throw unknownVersion(key)
      const same = found.state === state && besides.length === 0
      const retired = only ? { retired: besides.map((each) => each.version) } : {}
      return { dryRun, done: same ? 'unchanged' : state, ...key, state, ...retired, notices: [] }
    }
    if (dryRun) return judge(await seen(target, key), await others())
    const apps = await target.writingApps()
    const ledger = await target.ledger()
    return apps.change(key, async (found) => {
      const besides = await others()
      const result = judge(found, besides)
      if (found?.state !== state) {
        await apps.set(
          key,
          state === 'deployed' ? { state, deployed_at: true, retired_at: null } : { state, retired_at: true },
        )
      }
      for (const each of besides) await apps.set(each, { state: 'retired', retired_at: true })
      if (result.done !== 'unchanged')
        await ledger.event(null, `app-${state}`, { ...key, retired: result.retired ?? [] })
      return result
    })
  })
}

function unknownVersion({ environment, app, version }: AppVersionKey): Error {
  return usageError('app.unknown', `${app} ${version} is not registered in ${environment}`, {
    hint: 'migrate app register says what it runs; migrate app list shows what is there.',
  })
}

/** The versions that the database knows, of one environment where `migrator` names it, and of one app where it is named. Reads only. */
export function listApps(options: {
  readonly migrator: MigratorOptions
  readonly app?: string
}): Promise<{ readonly versions: readonly AppVersionView[] }> {
  const { migrator, app } = options
  return withApps(migrator, async (target) => {
    const all = await (await target.apps()).versions()
    const versions = all
      .filter((each) => migrator.environment === undefined || each.environment === migrator.environment)
      .filter((each) => app === undefined || each.app === app)
      .map((each) => ({
        environment: each.environment,
        app: each.app,
        version: each.version,
        state: each.state,
        hash: each.hash,
        registeredAt: each.registered_at,
        deployedAt: each.deployed_at,
        retiredAt: each.retired_at,
        actor: each.actor,
      }))
    return { versions }
  })
}
