import { BellowsError, exitCodes, isBellowsError } from '../../errors.ts'
import {
  type ErrorKind,
  findingKind as finding,
  goesOn as later,
  networkErrors,
  raisedHint,
  refusalKind as refusal,
  temporaryKind as temporary,
  usageKind as usage,
} from '../network-errors.ts'

/** SQLSTATEs (manual, appendix A) and the exit codes they lead to; the two-letter keys are whole classes. */
const states: Readonly<Record<string, ErrorKind>> = {
  '55P03': temporary('database.lock-timeout', later),
  '40P01': temporary('database.deadlock', later),
  '40001': temporary('database.serialization', later),
  '57014': temporary('database.cancelled', later),
  '57P01': temporary('database.connection-lost', later),
  '57P02': temporary('database.connection-lost', later),
  '57P03': temporary('database.starting', 'The server is starting up or shutting down; try again.'),
  '53300': temporary(
    'database.too-many-connections',
    'All connection slots are taken; try again, or raise max_connections.',
  ),
  '53100': temporary('database.disk-full', 'Free space on the server, then run the same command again.'),
  '53200': temporary('database.out-of-memory', later),
  '25006': temporary(
    'database.read-only',
    'The server is read-only: a standby, or in recovery. Connect to the primary.',
  ),
  '08': temporary('database.connection-lost', later),
  '28P01': usage('database.authentication', 'Check user and password in the database URL.'),
  '28000': usage('database.authentication', 'Check user, database and pg_hba.conf.'),
  '3D000': usage('database.missing', 'Check the database name in the URL.'),
  '42501': refusal(
    'database.privilege',
    'docs/privileges.md lists what the migrating role needs; migrate doctor checks it.',
  ),
  '42P01': refusal('database.missing-table'),
  '42703': refusal('database.missing-column'),
  '42704': refusal('database.missing-object'),
  '42883': refusal('database.missing-function'),
  '3F000': refusal('database.missing-schema'),
  // What the server does not accept as it is written: a type, a name that is taken, a cast that does not exist.
  '42': refusal('database.statement', 'Nothing of this step was done. Change the migration, or what is in its way.'),
  '0A000': refusal('database.unsupported'),
  // RAISE of PL/pgSQL, as by an event trigger that lets nobody change a table.
  P0: refusal('database.statement', raisedHint),
  '2BP01': {
    code: 'database.dependents',
    exitCode: exitCodes.gateClosed,
    hint: 'Something still depends on it; migrate ready names it.',
  },
  '23505': finding('data.duplicates', 'Remove the duplicates, then run the same command again.'),
  '23502': finding('data.nulls', 'Give those rows a value, then run the same command again.'),
  '23514': finding('data.check', 'Mend the rows that violate it, then run the same command again.'),
  '23503': finding('data.foreign-key', 'Mend the rows that point at nothing, then run the same command again.'),
  '22': finding('data.conversion', 'Mend the rows, or give the intent an onError.'),
}

/** The SQLSTATE of an error of the driver, wherever in the chain of causes it stands. */
export function sqlState(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = (current as { code?: unknown }).code
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code
  }
  return null
}

/** The connection is gone: what it was doing has to be looked up on a new one. */
export function isConnectionLost(error: unknown): boolean {
  return isBellowsError(error) && error.code === 'database.connection-lost'
}

/** An error of the driver as ours; one of ours stays as it is. The message is the server's, which holds no password. */
export function toBellowsError(error: unknown): BellowsError {
  if (isBellowsError(error)) return error
  const source = error instanceof Error ? error : new Error(String(error))
  const code = String((source as { code?: unknown }).code ?? '')
  const kind = states[code] ?? states[code.slice(0, 2)] ?? networkErrors[code] ?? byMessage(source.message)
  const detail = (source as { detail?: unknown }).detail
  const message =
    source.message ||
    (source instanceof AggregateError ? source.errors.map(String).join('; ') : code) ||
    'the database did not say why'
  return new BellowsError({
    code: kind?.code ?? 'database.error',
    message: `${message}${typeof detail === 'string' && !/^Key \(|^Failing row/.test(detail) ? ` (${detail})` : ''}`,
    exitCode: kind?.exitCode ?? exitCodes.internal,
    hint: kind?.hint ?? null,
    cause: error,
    details: code === '' ? {} : { sqlState: code },
  })
}

function byMessage(message: string): ErrorKind | undefined {
  if (/self.signed|certificate|unable to verify|altname/i.test(message)) {
    return usage('database.tls', 'The certificate of the server is not trusted: check sslmode and sslrootcert.')
  }
  if (/does not support SSL/i.test(message))
    return usage('database.tls', 'The server offers no TLS, and sslmode asks for it.')
  if (/Connection terminated|Client has encountered a connection error|not queryable|Connection ended/i.test(message)) {
    return temporary('database.connection-lost', later)
  }
  if (/password must be a string|no password supplied/i.test(message))
    return usage('database.authentication', 'The server asks for a password and none was given.')
  if (/timeout expired|read timeout/i.test(message))
    return temporary('database.timeout', 'The server did not answer in time.')
  return undefined
}
