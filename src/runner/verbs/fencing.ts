import type { Dialect } from '../../dialects/dialect.ts'
import type { Ledger } from '../../ledger/records.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import type { GateOptions, MigrationStatus, MigratorOptions } from '../api.ts'
import { fenceOf, lowerFence, nameOf, planFence, raiseFence } from '../fence.ts'
import type { Environment } from '../open.ts'
import type { Run } from '../run.ts'

/** Whom one contract locks out, looked at before anything is done. */
export interface Fencing {
  readonly users: readonly string[]
  /** Locks them out. Returns when that was, by the clock of this process, and what is to be said of it; null when nobody is to be. */
  raise(): Promise<{ readonly since: number; readonly notice: string } | null>
  /** Lets them in again after a failure, which it does not hide. */
  lower(): Promise<void>
  /** Tells that they may be left locked out, where nobody can be let in any more. */
  left(): void
}

const wantedBy = ({ options: configured }: Environment, options: GateOptions): readonly string[] => [
  ...new Set(options.fence ?? configured.fence ?? []),
]

/**
 * The fence of a contract. What a runner left that died behind it is gone on with; where it had not even begun to contract, they may
 * come in first, while the gates are asked.
 *
 * @throws BellowsError exit 2 or 3 for whom it may not lock out
 */
export async function fencingOf(
  environment: Environment,
  run: Run,
  { name, state }: MigrationRow,
  options: GateOptions,
): Promise<Fencing> {
  const standing = await fenceOf(run.ledger, name)
  if (standing !== null && state === 'backfilled') await lowerFence(run, name)
  const left = state === 'contracting' ? (standing?.accounts ?? []) : []
  const users = [...new Set([...wantedBy(environment, options), ...left.map(({ user }) => user)])]
  const allowApp = options.allowApp ?? environment.options.allowApp ?? []
  const accounts = await planFence(run, users, allowApp, left)
  return {
    users,
    raise: async () => {
      if (accounts.length === 0) return null
      const ended = await raiseFence(run, name, accounts)
      const notice = `${accounts.map(nameOf).join(', ')} is locked out; ${ended} sessions were ended: ${run.dialect.fence.ends}`
      return { since: Date.now(), notice }
    },
    lower: async () => {
      await lowerFence(run, name).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        environment.emit({ kind: 'notice', message: `${users.join(', ')} could not be let in again: ${why}` })
      })
    },
    left: () => {
      if (accounts.length === 0) return
      const message = `${accounts.map(nameOf).join(', ')} may be left locked out, as the connection is lost: run the same command again`
      environment.emit({ kind: 'warning', message })
    },
  }
}

/** What contract will do about it, as far as the options of the migrator say. Nobody is asked whether there are such users. */
export function fenceAhead({ fence = [] }: MigratorOptions, dialect: Dialect): readonly string[] {
  if (fence.length === 0) return []
  return [`contract first locks out ${fence.join(', ')}, and ends their sessions: ${dialect.fence.ends}`]
}

/** What contract would do about it, for `--dry-run`. */
export async function saidOfFence(environment: Environment, options: GateOptions): Promise<readonly string[]> {
  const users = wantedBy(environment, options)
  if (users.length === 0) return []
  const [dialect, session, ledger] = [
    await environment.dialect(),
    await environment.worker(),
    await environment.ledger(),
  ]
  const allowApp = options.allowApp ?? environment.options.allowApp ?? []
  const accounts = await planFence({ dialect, worker: session, ledger }, users, allowApp)
  const statements = accounts.map((each) => dialect.fence.lock(each).sql)
  return [
    `contract would first lock out ${accounts.map(nameOf).join(', ')} (${statements.join('; ')}) and end their sessions: ${dialect.fence.ends}`,
  ]
}

/** Whom contract has locked out, as the ledger says; nothing where there is nobody, or no way back any more. */
export async function fenceShown(
  ledger: Ledger,
  { name, state }: MigrationRow,
  atWork: boolean,
): Promise<Pick<MigrationStatus, 'fence'>> {
  const begun = state === 'backfilled' || state === 'contracting'
  if (!begun && state !== 'contracted' && state !== 'rolling-back') return {}
  const standing = await fenceOf(ledger, name)
  const accounts = standing?.accounts.filter(({ open }) => open).map(nameOf) ?? []
  if (standing === null || accounts.length === 0) return {}
  return { fence: { since: standing.at, accounts, left: begun && !atWork } }
}
