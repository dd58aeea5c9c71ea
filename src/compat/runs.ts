import type { ShadowApp, ShadowDialect } from '../dialects/check.ts'
import { usageError } from '../errors.ts'
import { type Ended, runCommand } from './command.ts'
import { failsHint } from './hints.ts'
import { type Finding, notReached } from './judge.ts'
import type { Shadow } from './shadow.ts'
import { isRequired, type Ready, type State } from './states.ts'
import type { AppVersion } from './versions.ts'

/** Commands that versions run against the shadow in each state: their tests. */
export interface Runs {
  /** By version: `v1`, `shop/v1` where apps share it, or `old` and `new`. */
  readonly commands: Readonly<Record<string, string>>
  /** Milliseconds that each may take. */
  readonly limit?: number
  /** Where they run; without it, where this process does. */
  readonly cwd?: string
}

const defaultLimit = 600_000

/** The command of each version. */
export interface Assigned {
  readonly versions: readonly AppVersion[]
  readonly commands: ReadonlyMap<AppVersion, string>
}

/**
 * Finds whose command each is. `old` and `new` are versions of their own where no list is given for them.
 *
 * @throws BellowsError exit 2 for a version that is in no list, or in those of several apps
 */
export function assign(versions: readonly AppVersion[], runs: Runs | undefined): Assigned {
  const all = [...versions]
  const commands = new Map<AppVersion, string>()
  for (const [key, command] of Object.entries(runs?.commands ?? {})) {
    const exact = all.filter(({ app, version }) => version === key || `${app}/${version}` === key)
    const role = key === 'old' || key === 'new' ? key : null
    const found = exact.length > 0 || role === null ? exact : all.filter((each) => each.role === role)
    if (found.length === 0 && role !== null) {
      found.push({ app: 'app', version: key, role, statements: [] })
      all.push(...found)
    }
    const [version] = found
    if (version === undefined || found.length > 1) {
      const known = all.map(({ app, version: name }) => `${app}/${name}`).join(', ')
      throw usageError(
        'check.run-version',
        version === undefined ? `--run: no list is of a version ${key}` : `--run: ${key} may be several versions`,
        { hint: known === '' ? 'Say old or new, or give the lists with --old and --new.' : `Say one of ${known}.` },
      )
    }
    commands.set(version, command)
  }
  return { versions: all, commands }
}

/** Runs the commands of a check. */
export interface CommandRunner {
  readonly notices: readonly string[]
  /** Runs all of them in this state. */
  run(state: State): Promise<void>
  /** What came of a version's command. */
  findings(version: AppVersion, state: State, ready: Ready): readonly Finding[]
  close(): Promise<void>
}

/** What runs them. */
export interface RunnerOptions {
  readonly shadow: Shadow
  readonly databases: ShadowDialect
  readonly commands: Assigned['commands']
  readonly runs: Runs | undefined
  readonly stateSchema: string
  readonly signal: AbortSignal | null
  readonly tell: (message: string) => void
}

/** Prepares for the commands: a user who may change rows and no tables, where one can be made. */
export async function openRunner(options: RunnerOptions): Promise<CommandRunner> {
  const { shadow, databases, commands, runs, signal, tell } = options
  const notices: string[] = []
  const ended = new Map<string, Ended>()
  const key = ({ app, version }: AppVersion, state: State): string => JSON.stringify([app, version, state])
  const app = commands.size === 0 ? null : await databases.openApp(shadow.session, shadow.connect, options.stateSchema)
  if (app !== null && !app.restricted) {
    notices.push('commands run as the user of the shadow, who may change the schema: no other one could be made')
  }
  return {
    notices,
    run: async (state) => {
      if (app === null) return
      for (const [version, command] of commands) {
        tell(`running the command of ${version.app} ${version.version}: ${state}`)
        const free = await app.arrive()
        if (free !== null && !notices.includes(free)) notices.push(free)
        const empty = await databases.keepRows(shadow.session)
        const env = { ...withoutAddresses(process.env), ...variables(version, state, app) }
        const limit = runs?.limit ?? defaultLimit
        const one = await runCommand({ command, cwd: runs?.cwd ?? process.cwd(), env, limit, signal })
        ended.set(key(version, state), { ...one, tail: one.tail.replaceAll(app.secret || '\0', '***') })
        const left = await empty()
        if (left !== null)
          notices.push(`rows that ${version.version} left in ${state} could not be taken away: ${left}`)
      }
    },
    findings: (version, state, ready) => {
      const command = commands.get(version)
      const one = ended.get(key(version, state))
      if (command === undefined || (one !== undefined && one.code === 0)) return []
      const base = { statement: '(command)', level: 'VALUE', source: null } as const
      if (one === undefined) return [notReached(base.statement, state, null)]
      const how = one.code === null ? 'is not done in its time' : `ends with ${one.code}`
      const message = `\`${command}\` ${how}${one.tail === '' ? '' : `:\n${one.tail}`}`
      const code = one.code === null ? 'command-timeout' : 'command-failed'
      const today = ended.get(key(version, 'before'))
      if (version.role === 'old' && today?.code !== 0) {
        const hint = "It does not work on today's schema either: mend it first."
        return [{ ...base, verdict: 'unverifiable', code, message, hint }]
      }
      return [{ ...base, verdict: 'fails', code, message, hint: hintOf(version, state, ready) }]
    },
    close: async () => {
      const left = await app?.close()
      if (left) notices.push(left)
    },
  }
}

function hintOf({ role, version }: AppVersion, state: State, ready: Ready): string {
  if (isRequired(role, state, ready)) {
    return role === 'new'
      ? 'Mend the version, or the migration.'
      : `${version} still runs then: change the migration, or first deploy a version that works with it.`
  }
  return failsHint({ role, version, state, required: false, ready, works: true, source: null, stale: null })
}

const variables = ({ version }: AppVersion, state: State, { url }: ShadowApp): Record<string, string> => ({
  DATABASE_URL: url,
  MIGRATE_STATE: state,
  APP_VERSION: version,
})

/** What could lead a test to the target, or to any database but the shadow. */
const addresses = /^(MIGRATE_|PG[A-Z]+$|MYSQL_|MARIADB_|DATABASE_URL$)/

/** The environment, without what says where a database is. */
export function withoutAddresses(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !addresses.test(name)))
}
