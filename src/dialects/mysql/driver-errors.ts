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
import { statementLogHint } from './statement-log.ts'

const each = (numbers: readonly number[], kind: ErrorKind): readonly (readonly [number, ErrorKind])[] =>
  numbers.map((number) => [number, kind])

const privilege = refusal(
  'database.privilege',
  'docs/privileges.md lists what the migrating account needs; migrate doctor checks it.',
)
const account = usage(
  'database.authentication',
  'Check user and password in the database URL, and the host of the account.',
)

const foreignKeyHint =
  'Nothing of this step was done. A foreign key (errno 150) points at columns of the same type, character set and collation that a unique index begins with.'

/** Error numbers (the servers' manuals, "Server Error Message Reference" and "MariaDB Error Codes") and what they become. */
const numbers: ReadonlyMap<number, ErrorKind> = new Map([
  ...each([1205], temporary('database.lock-timeout', later)),
  ...each([1213], temporary('database.deadlock', later)),
  // The table was altered, or a row changed, since the transaction began: beginning anew helps.
  ...each([1412, 1615, 1020], temporary('database.serialization', later)),
  // KILL QUERY, max_execution_time of MySQL, max_statement_time of MariaDB.
  ...each([1317, 3024, 1969], temporary('database.cancelled', later)),
  ...each(
    [2006, 2013, 2055, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031],
    temporary('database.connection-lost', later),
  ),
  // A node of a cluster that is not ready.
  ...each([1047], temporary('database.starting', 'The server is not ready; try again.')),
  ...each(
    [1040, 1203, 1226],
    temporary(
      'database.too-many-connections',
      'All connections are taken; try again, or raise max_connections (or the limit of the account).',
    ),
  ),
  ...each([1021, 1114], temporary('database.disk-full', 'Free space on the server, then run the same command again.')),
  ...each([1037, 1038, 1041, 1206, 3170], temporary('database.out-of-memory', later)),
  ...each(
    [1290, 1836, 1792, 4166],
    temporary('database.read-only', 'The server is read-only: a replica, most likely. Connect to the primary.'),
  ),
  ...each(
    [1799],
    temporary(
      'database.online-log',
      'More was written meanwhile than innodb_online_alter_log_max_size holds: raise it, or choose a quieter time.',
    ),
  ),
  ...each([1197], temporary('database.transaction-size', 'Raise max_binlog_cache_size, or use smaller batches.')),
  ...each([1045, 1130, 1131, 1251, 1698, 1820, 1862, 3118, 3955, 4151], account),
  ...each(
    [1129],
    usage('database.authentication', 'The server blocks this host after too many errors: FLUSH HOSTS on the server.'),
  ),
  ...each([3159], usage('database.tls', 'The server wants TLS: set ssl-mode=REQUIRED or better.')),
  ...each([1049], usage('database.missing', 'Check the database name in the URL.')),
  ...each([1044, 1142, 1143, 1211, 1227, 1370, 1410, 1095], privilege),
  ...each(
    [1419],
    refusal(
      'database.privilege',
      'The binary log is on, so triggers need SUPER, or log_bin_trust_function_creators = 1 on the server.',
    ),
  ),
  // MariaDB says no more than its errno, 150, of what is wrong with a foreign key.
  ...each([1005, 1215, 1822, 3734, 6125], refusal('database.statement', foreignKeyHint)),
  ...each([1665], refusal('server.binlog-format', statementLogHint)),
  ...each([1146, 1109, 1051], refusal('database.missing-table')),
  ...each([1054, 1072, 1166], refusal('database.missing-column')),
  ...each([1091, 1094, 1176, 1360, 1539], refusal('database.missing-object')),
  ...each([1305], refusal('database.missing-function')),
  // This ALGORITHM or LOCK is not to be had (1221 is MySQL's word for INSTANT with a LOCK), row versions used up, and the like.
  ...each(
    [1178, 1221, 1235, 1295, 1845, 1846, 1901, 3105, 3106, 3108, 3507, 3959, 4092, 4119],
    refusal('database.unsupported'),
  ),
  ...each(
    [1050, 1059, 1060, 1061, 1063, 1064, 1101, 1304, 1347, 1356, 1359, 1442, 1449, 1826, 1832, 1833, 3780, 3822],
    {
      code: 'database.statement',
      exitCode: exitCodes.refused,
      hint: 'Nothing of this step was done. Change the migration, or what is in its way.',
    },
  ),
  // SIGNAL of a trigger or a routine.
  ...each([1644], refusal('database.statement', raisedHint)),
  ...each([1553, 1828, 1829, 3730], {
    code: 'database.dependents',
    exitCode: exitCodes.gateClosed,
    hint: 'Something still depends on it; migrate ready names it.',
  }),
  ...each([1062, 1169, 1586], finding('data.duplicates', 'Remove the duplicates, then run the same command again.')),
  ...each([1048, 1138, 1263, 1364], finding('data.nulls', 'Give those rows a value, then run the same command again.')),
  ...each([3819, 4025], finding('data.check', 'Mend the rows that violate it, then run the same command again.')),
  ...each(
    [1216, 1217, 1451, 1452, 1761],
    finding('data.foreign-key', 'Mend the rows that point at nothing, then run the same command again.'),
  ),
  ...each(
    [1264, 1265, 1292, 1365, 1366, 1406, 1411, 1426, 1525, 1690, 3140, 3141, 3156, 3157, 4038],
    finding('data.conversion', 'Mend the rows, or give the intent an onError.'),
  ),
])

/** Whole classes of SQLSTATEs, for the numbers that are not listed. */
const classes: Readonly<Record<string, ErrorKind>> = {
  '08': temporary('database.connection-lost', later),
  '22': finding('data.conversion', 'Mend the rows, or give the intent an onError.'),
  '40': temporary('database.serialization', later),
  '42': refusal('database.statement', 'Nothing of this step was done. Change the migration, or what is in its way.'),
  '0A': refusal('database.unsupported'),
}

/** What the driver calls errors of its own. */
const driver: Readonly<Record<string, ErrorKind>> = {
  PROTOCOL_CONNECTION_LOST: temporary('database.connection-lost', later),
  PROTOCOL_SEQUENCE_TIMEOUT: temporary('database.timeout', 'The server did not answer in time.'),
  HANDSHAKE_NO_SSL_SUPPORT: usage('database.tls', 'The server offers no TLS, and ssl-mode asks for it.'),
  AUTH_SWITCH_PLUGIN_ERROR: account,
}

/** The error number of the server, wherever in the chain of causes it stands. */
export function errorNumber(error: unknown): number | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { errno, sqlState } = current as { errno?: unknown; sqlState?: unknown }
    // The network's errors have an errno too, of the system's; they have no SQLSTATE.
    if (typeof errno === 'number' && errno > 0 && (typeof sqlState === 'string' || errno >= 1000)) return errno
  }
  return null
}

/** The SQLSTATE of an error of the driver, wherever in the chain of causes it stands. */
export function sqlState(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { sqlState: state } = current as { sqlState?: unknown }
    if (typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state)) return state
  }
  return null
}

/** The connection is gone: what it was doing has to be looked up on a new one. */
export function isConnectionLost(error: unknown): boolean {
  return isBellowsError(error) && error.code === 'database.connection-lost'
}

/** An error of the driver as ours; one of ours stays as it is. The message is the server's, without the values of rows. */
export function toBellowsError(error: unknown): BellowsError {
  if (isBellowsError(error)) return error
  const source = error instanceof Error ? error : new Error(String(error))
  const code = String((source as { code?: unknown }).code ?? '')
  const number = errorNumber(source)
  const state = sqlState(source)
  const kind =
    (number === null ? undefined : numbers.get(number)) ??
    driver[code] ??
    networkErrors[code] ??
    byMessage(source.message) ??
    (state === null ? undefined : classes[state.slice(0, 2)])
  const message =
    withoutValues(source.message) ||
    (source instanceof AggregateError ? source.errors.map(String).join('; ') : code) ||
    'the database did not say why'
  return new BellowsError({
    code: kind?.code ?? 'database.error',
    message,
    exitCode: kind?.exitCode ?? exitCodes.internal,
    hint: kind?.hint ?? null,
    cause: error,
    details: {
      ...(number === null ? {} : { errno: number }),
      ...(state === null ? {} : { sqlState: state }),
      ...(number === null && code !== '' ? { driver: code } : {}),
    },
  })
}

// MySQL has no separate detail: the value of a row stands in the message, between quotes, where one of these words leads to it.
function withoutValues(message: string): string {
  return message
    .replace(/^Cannot convert string '.*' from/s, 'Cannot convert a string from')
    .replace(/^Duplicate entry '.*' for key/s, 'Duplicate entry for key')
    .replace(/^((?:Truncated incorrect|Incorrect) [\w() ]+ value): '.*?'(?= for (?:column|function)|$)/s, '$1')
}

function byMessage(message: string): ErrorKind | undefined {
  if (/self.signed|certificate|unable to verify|altname/i.test(message)) {
    return usage('database.tls', 'The certificate of the server is not trusted: check ssl-mode and ssl-ca.')
  }
  if (/does not support secure connection/i.test(message)) return driver.HANDSHAKE_NO_SSL_SUPPORT
  if (/Connection lost|connection is in closed state|Server closed the connection|The server closed/i.test(message)) {
    return temporary('database.connection-lost', later)
  }
  return undefined
}
