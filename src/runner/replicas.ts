import type { Dialect, ReplicaLag, Session } from '../dialects/dialect.ts'
import { BellowsError, isBellowsError, usageError } from '../errors.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import { type Address, addressOf, type Database, dialectAt } from './address.ts'
import type { ReplicaStatus } from './api.ts'
import type { Environment } from './open.ts'

/** What was seen of a replica, and why it is not where the primary is; null where it is. */
interface Look {
  readonly replica: ReplicaStatus
  readonly reason: string | null
}

/** Replicas of the database of an environment. */
export interface Replicas {
  /**
   * Whether each has these very rows of the ledger. What passes by itself is a reason, as is what cannot be read.
   *
   * @throws BellowsError for what does not pass: exit 2 for a server that is no replica of this one
   */
  look(rows: readonly MigrationRow[], deadline: number): Promise<readonly Look[]>
  close(): Promise<void>
}

interface Replica {
  readonly name: string
  readonly address: Address
  /** With it, it is known to be a replica. */
  opened: { readonly session: Session; readonly same: boolean } | null
}

/** Connected to when they are first looked at, and again when a connection is lost. */
export function openReplicas(environment: Environment, given: readonly Database[]): Replicas {
  const all = given.map((database, index): Replica => {
    const address = addressOf(database)
    return { name: nameOf(address, index), address, opened: null }
  })
  return {
    look: (rows, deadline) => Promise.all(all.map((replica) => lookAt(environment, replica, rows, deadline))),
    close: async () => {
      await Promise.all(all.map((replica) => closed(replica)))
    },
  }
}

async function closed(replica: Replica): Promise<void> {
  await replica.opened?.session.close().catch(() => undefined)
  replica.opened = null
}

async function lookAt(
  environment: Environment,
  replica: Replica,
  rows: readonly MigrationRow[],
  deadline: number,
): Promise<Look> {
  const { name } = replica
  try {
    const dialect = await environment.dialect()
    replica.opened ??= await opened(environment, dialect, replica, deadline)
    const { session, same } = replica.opened
    const reason = await notThere(environment, session, rows)
    const position = same ? null : await dialect.replicas.position(await environment.worker())
    const lag = same ? { seconds: 0, bytes: 0, trouble: null } : await dialect.replicas.lag(session, position)
    return {
      replica: { name, same, lagSeconds: rounded(lag.seconds), lagBytes: lag.bytes },
      reason: reason === null ? null : [reason, ...described(lag)].join(', '),
    }
  } catch (error) {
    await closed(replica)
    if (!isBellowsError(error)) throw error
    // Asked of the primary, it is not the replica that is to be waited for.
    if (error.retryable && (await environment.worker()).alive)
      return {
        replica: { name, same: false, lagSeconds: null, lagBytes: null },
        reason: `it cannot be read: ${error.message}`,
      }
    throw about(name, error)
  }
}

const rounded = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds * 10) / 10)

function described({ seconds, bytes, trouble }: ReplicaLag): readonly string[] {
  return [
    ...(seconds === null ? [] : [`${Math.round(seconds)} s behind`]),
    ...(bytes === null || bytes === 0 ? [] : [`${(bytes / 1024 ** 2).toFixed(1)} MB not replayed`]),
    ...(trouble === null ? [] : [trouble]),
  ]
}

async function opened(
  environment: Environment,
  dialect: Dialect,
  { name, address }: Replica,
  deadline: number,
): Promise<NonNullable<Replica['opened']>> {
  const { options, signal, emit } = environment
  const patience = Math.min(options.connectTimeout ?? 30_000, 5000, Math.max(1000, deadline - Date.now()))
  if ((await dialectAt(address, patience)).name !== dialect.name)
    throw usageError('wait.replica', 'this is no replica of the database: it is of another engine')
  const session = await dialect.connect({
    ...address,
    applicationName: 'bellows/wait',
    setRole: options.setRole ?? null,
    connectTimeout: patience,
    password: hasPassword(address) ? null : (options.password ?? null),
    signal,
  })
  try {
    const { same } = await dialect.replicas.compare(await environment.worker(), session)
    if (same) emit({ kind: 'warning', message: `${name} is the database itself, and no replica of it` })
    return { session, same }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** Its rows are the primary's of one moment, so the same row means that all which was written before it is there. */
async function notThere(
  environment: Environment,
  session: Session,
  rows: readonly MigrationRow[],
): Promise<string | null> {
  if (rows.length === 0) return null
  const ledger = await environment.ledgerOn(session)
  if (!(await ledger.exists())) return `it has no state tables (${environment.stateSchema})`
  const there = new Map((await ledger.migrations()).map((row) => [row.name, row]))
  const late = rows.flatMap((row) => {
    const found = there.get(row.name)
    if (found === undefined) return [`it does not have ${row.name}`]
    if (versionOf(found) === versionOf(row)) return []
    return [`there ${row.name} is ${found.state === row.state ? 'an earlier ' : ''}${found.state}`]
  })
  return late.length === 0 ? null : late.join(', ')
}

/** A migration that went back and forth was in the same state before. */
const versionOf = ({ state, generation, checksum, created_at, updated_at }: MigrationRow): string =>
  JSON.stringify([state, generation, checksum, created_at, updated_at])

/** `replica 2 (db2.internal:5432)`: no user, and no password. */
function nameOf({ url }: Address, index: number): string {
  const host = URL.canParse(url) ? new URL(url).host : ''
  return `replica ${index + 1}${host === '' ? '' : ` (${host})`}`
}

function hasPassword({ url, driver }: Address): boolean {
  if (driver.password !== undefined) return true
  if (!URL.canParse(url)) return false
  const { password, searchParams } = new URL(url)
  return password !== '' || searchParams.has('password')
}

function about(name: string, error: BellowsError): BellowsError {
  const { code, exitCode, retryable, hint, details, message } = error
  return new BellowsError({ code, exitCode, retryable, hint, details, cause: error, message: `${name}: ${message}` })
}
