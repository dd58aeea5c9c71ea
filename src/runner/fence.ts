import type { Account, AccountFacts } from '../dialects/fence.ts'
import { refused, temporary, usageError } from '../errors.ts'
import type { Ledger } from '../ledger/records.ts'
import { wait } from './interrupt.ts'
import { likePattern } from './like.ts'
import { withLockRetry } from './retry.ts'
import type { Looking, Run } from './run.ts'

/** An account that contract locks out. */
export interface Fenced extends Account {
  /** It could log in before the first fence came, and may again when the last is taken down. */
  readonly open: boolean
  /** The contract of another migration had locked it out already. */
  readonly already?: true
}

type State = 'begun' | 'up' | 'down'

/** Accounts that a contract locked out, or was about to. */
export interface Fence {
  /** By the server's clock. */
  readonly at: string
  readonly accounts: readonly Fenced[]
}

const kind = 'fence'
const ever = 50 * 365 * 86_400_000

/** The fence that a migration has, by the ledger; null when it has none, or it was taken down. */
export async function fenceOf(ledger: Ledger, migration: string): Promise<Fence | null> {
  const last = (await ledger.samples(migration, kind, ever)).at(-1)
  const value = last?.value as { readonly state: State; readonly accounts: readonly Fenced[] } | undefined
  return last === undefined || value === undefined || value.state === 'down'
    ? null
    : { at: last.at, accounts: value.accounts }
}

/** How an account is told. */
export const nameOf = ({ user, host }: Account): string => (host === null ? user : `${user}@${host}`)

const key = ({ user, host }: Account): string => JSON.stringify([user, host])

/**
 * Looks, before anything is done, at whom contract is to lock out. Changes nothing.
 *
 * @param own what this contract recorded before its runner died
 * @returns their accounts
 * @throws BellowsError exit 2 for a user that there is not, or that may be connected; exit 3 for one that is not to be locked out, and
 * where a right for it is missing
 */
export async function planFence(
  { dialect, worker, ledger }: Pick<Looking, 'dialect' | 'worker' | 'ledger'>,
  users: readonly string[],
  allowApp: readonly string[],
  own: readonly Fenced[] = [],
): Promise<readonly Fenced[]> {
  if (users.length === 0) return []
  if (users.some((user) => user.trim() === ''))
    throw usageError('fence.user', '--fence: an empty name is no user', { hint: 'Is a variable not set?' })
  const allowed = users.find((user) => allowApp.some((pattern) => likePattern(pattern, user)))
  if (allowed !== undefined)
    throw usageError('fence.user', `${allowed} is to be locked out by --fence, and may be connected by --allow-app`, {
      hint: 'A fence needs a user for each version of the app: name the one of the old version only.',
    })
  const { accounts, grants } = await dialect.fence.facts(worker, users)
  if (grants.length > 0 || accounts === null)
    throw refused('database.privilege', `--fence: a right is missing to lock out ${users.join(', ')}`, {
      hint: `Nothing was done. Have an administrator run:${grants.map((grant) => `\n  ${grant};`).join('')}`,
    })
  const standing = new Map<string, Fenced>()
  for (const fence of await fencesOf(ledger)) for (const each of fence.accounts) standing.set(key(each), each)
  const unknown = users.find((user) => ![...accounts, ...own].some((each) => each.user === user))
  if (unknown !== undefined)
    throw usageError('fence.user', `--fence: there is no database user ${unknown}`, {
      hint: 'Names are exact: no patterns, and without a host.',
    })
  refuseOthers(accounts)
  // What is locked because a contract locked it was not so before.
  return accounts.map(({ user, host, open }): Fenced => {
    const recorded = own.find((each) => key(each) === key({ user, host }))
    if (recorded !== undefined) return recorded
    const already = !open && standing.get(key({ user, host }))?.open === true
    return { user, host, open: open || already, ...(already ? { already: true } : {}) }
  })
}

function refuseOthers(accounts: readonly AccountFacts[]): void {
  const wrong = accounts.filter(({ refusal }) => refusal !== null)
  if (wrong.length === 0) return
  throw refused('fence.refused', `--fence: ${wrong.map((each) => `${nameOf(each)} ${each.refusal}`).join('; ')}`, {
    hint: 'Nothing was done. A fence needs a user that only the old version logs in as.',
  })
}

/** The fences of all migrations but one. */
async function fencesOf(ledger: Ledger, but?: string): Promise<readonly Fence[]> {
  if (!(await ledger.exists())) return []
  const fences = []
  for (const { name } of await ledger.migrations()) if (name !== but) fences.push(await fenceOf(ledger, name))
  return fences.filter((fence) => fence !== null)
}

/**
 * Locks the accounts out and ends their sessions. What is to be done is recorded before, so that whoever comes after a runner that died
 * can go on, or take it back.
 *
 * @returns how many sessions were ended
 * @throws BellowsError exit 75 when a session is still there after 30 s
 */
export async function raiseFence(run: Run, migration: string, accounts: readonly Fenced[]): Promise<number> {
  const { worker, ledger, dialect } = run
  const { fence } = dialect
  const names = accounts.map(nameOf).join(', ')
  await record(run, migration, 'begun', accounts)
  await change(run, `locking out ${names}`, accounts.map(fence.lock))
  const users = [...new Set(accounts.map(({ user }) => user))]
  let ended = 0
  // A login that was on its way when the lock came shows a moment later.
  for (let tries = 0, quiet = 0; quiet < 2; tries++) {
    const found = await fence.endSessions(worker, users)
    if (tries === 0) ended = found
    quiet = found === 0 ? quiet + 1 : 0
    if (tries > 300)
      throw temporary('fence.sessions', `${found} sessions of ${names} do not end, though they were told to 30 s ago`, {
        hint: 'What they are doing is being rolled back. Try again later.',
      })
    if (quiet < 2) await wait(100, run.signal)
  }
  await record(run, migration, 'up', accounts)
  await ledger.event(migration, 'fenced', { accounts: accounts.map(nameOf), sessionsEnded: ended })
  return ended
}

/**
 * Lets in again whom the fence of a migration locked out: not who could not log in before, nor whom another migration has locked out
 * as well.
 *
 * @returns what is to be said of it
 */
export async function lowerFence(run: Run, migration: string): Promise<readonly string[]> {
  const { ledger, dialect, worker } = run
  const standing = await fenceOf(ledger, migration)
  if (standing === null) return []
  // One that came before, and that somebody has opened since by hand, asks for nothing any more.
  const asks = ({ at }: Fence, { already }: Fenced): boolean => at > standing.at || already === true
  const fences = await fencesOf(ledger, migration)
  const isAsked = (each: Fenced): boolean =>
    fences.some((fence) => asks(fence, each) && fence.accounts.some((other) => key(other) === key(each)))
  const users = [...new Set(standing.accounts.map(({ user }) => user))]
  const { accounts: found } = await dialect.fence.facts(worker, users)
  const shut = new Set((found?.filter(({ open }) => !open) ?? standing.accounts).map(key))
  const own = standing.accounts.filter((each) => each.open && shut.has(key(each)))
  const opened = own.filter((each) => !isAsked(each))
  // Also where a signal stopped what it was raised for.
  await change(
    { ...run, signal: null },
    `letting ${opened.map(nameOf).join(', ')} in again`,
    opened.map(dialect.fence.unlock),
  )
  await record(run, migration, 'down', standing.accounts)
  await ledger.event(migration, 'unfenced', { accounts: opened.map(nameOf) })
  const kept = own.filter(isAsked)
  return [
    ...(opened.length === 0 ? [] : [`${opened.map(nameOf).join(', ')} may log in again`]),
    ...(kept.length === 0
      ? []
      : [`${kept.map(nameOf).join(', ')} stays locked out, as another migration that is contracted asks for`]),
  ]
}

/**
 * Before a way back: may those be let in again who were locked out?
 *
 * @throws BellowsError exit 3 with what to run instead
 */
export async function refuseToLower({ dialect, worker, ledger }: Looking, migration: string): Promise<void> {
  const standing = await fenceOf(ledger, migration)
  const own = standing?.accounts.filter(({ open }) => open) ?? []
  if (own.length === 0) return
  const { accounts, mayUnlock } = await dialect.fence.facts(worker, [...new Set(own.map(({ user }) => user))])
  const shut = new Set((accounts?.filter(({ open }) => !open) ?? own).map(key))
  const closed = own.filter((each) => shut.has(key(each)))
  if (mayUnlock || closed.length === 0) return
  throw refused(
    'database.privilege',
    `${migration}: contract locked out ${closed.map(nameOf).join(', ')}, and a right is missing to let them in again`,
    {
      hint: `Nothing was done. Run this as who contracted it, or have an administrator run this first:${closed.map((each) => `\n  ${dialect.fence.unlock(each).sql};`).join('')}`,
    },
  )
}

/** One after the other where no transaction holds them; each may be said again. */
async function change(
  run: Run,
  what: string,
  statements: readonly { readonly sql: string; readonly parameters: readonly unknown[] }[],
): Promise<void> {
  if (statements.length === 0) return
  const { worker, dialect } = run
  // Where no transaction holds them together with it.
  await worker.transaction(() => run.lease.check())
  await withLockRetry(what, run, async (lockTimeout) => {
    const all = async (): Promise<void> => {
      for (const setting of dialect.sessions.lockSettings(lockTimeout)) await worker.query(setting)
      if (dialect.section === null) await run.lease.check()
      for (const statement of statements) await worker.query(statement)
    }
    await (dialect.section === null ? worker.transaction(all) : all())
  })
}

async function record(
  { worker, lease, ledger }: Run,
  migration: string,
  state: State,
  accounts: readonly Fenced[],
): Promise<void> {
  await worker.transaction(async () => {
    await lease.check()
    await ledger.sample(migration, kind, { state, accounts })
  })
}
