import mysql, { type Connection, type TypeCastField } from 'mysql2/promise'
import type { ConnectOptions } from '../dialect.ts'
import { toBellowsError } from './driver-errors.ts'
import { parseAddress } from './url.ts'

/** A connection. With ssl-mode PREFERRED, the default, TLS is tried first and done without where the server offers none. */
export async function openConnection(options: ConnectOptions): Promise<Connection> {
  const { config, mayDoWithoutTls } = await parseAddress(options)
  const open = async (withTls: boolean): Promise<Connection> => {
    const { ssl, ...rest } = config
    const connection = await mysql.createConnection({
      ...rest,
      ...(withTls && ssl !== undefined ? { ssl } : {}),
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      multipleStatements: false,
      enableKeepAlive: true,
      // A statement more or less in the server's cache is nothing; all those of a long backfill are.
      maxPreparedStatements: 100,
      // Never the client's files, whatever the server asks for.
      flags: ['-LOCAL_FILES'],
      connectAttributes: { program_name: options.applicationName },
      typeCast: cast,
    })
    // Without a listener, a broken idle connection would end the process.
    connection.on('error', () => undefined)
    return connection
  }
  return open(true).catch((error: unknown) => {
    const { driver } = toBellowsError(error).details
    if (!mayDoWithoutTls || driver !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error
    return open(false)
  })
}

/**
 * The servers have no boolean: a comparison comes as an integer of one digit that is of no table, a column as TINYINT(1). MariaDB
 * describes the literals 0 and 1 in the same way, so those become truths as well. Keys of rows are asked for as text.
 */
export function cast(field: TypeCastField, next: () => unknown): unknown {
  const truth = field.length === 1 && (field.type === 'TINY' || (field.table === '' && integers.has(field.type)))
  const value = next()
  return truth && (value === 0 || value === 1) ? value === 1 : value
}

const integers = new Set(['LONG', 'LONGLONG'])
