import { describe, expect, test } from 'vitest'
import {
  errorNumber,
  isConnectionLost,
  sqlState,
  toBellowsError,
} from '../../../../src/dialects/mysql/driver-errors.ts'
import { usageError } from '../../../../src/errors.ts'

const serverError = (errno: number, state = 'HY000', message = 'said the server'): Error =>
  Object.assign(new Error(message), { errno, sqlState: state, code: `ER_${errno}` })
const driverError = (code: string, errno?: number): Error =>
  Object.assign(new Error('said the driver'), { code, ...(errno === undefined ? {} : { errno }) })

describe('an error of the server ends with', () => {
  test.each([
    [1205, 75, 'database.lock-timeout'],
    [1213, 75, 'database.deadlock'],
    [1412, 75, 'database.serialization'],
    [1020, 75, 'database.serialization'],
    [1317, 75, 'database.cancelled'],
    [3024, 75, 'database.cancelled'],
    [1969, 75, 'database.cancelled'],
    [2006, 75, 'database.connection-lost'],
    [2013, 75, 'database.connection-lost'],
    [1927, 75, 'database.connection-lost'],
    [1053, 75, 'database.connection-lost'],
    [1040, 75, 'database.too-many-connections'],
    [1226, 75, 'database.too-many-connections'],
    [1290, 75, 'database.read-only'],
    [1836, 75, 'database.read-only'],
    [1114, 75, 'database.disk-full'],
    [1799, 75, 'database.online-log'],
    [1045, 2, 'database.authentication'],
    [1698, 2, 'database.authentication'],
    [3159, 2, 'database.tls'],
    [1049, 2, 'database.missing'],
    [1044, 3, 'database.privilege'],
    [1142, 3, 'database.privilege'],
    [1227, 3, 'database.privilege'],
    [1419, 3, 'database.privilege'],
    [1146, 3, 'database.missing-table'],
    [1054, 3, 'database.missing-column'],
    [1305, 3, 'database.missing-function'],
    [1064, 3, 'database.statement'],
    [1644, 3, 'database.statement'],
    [1060, 3, 'database.statement'],
    [1845, 3, 'database.unsupported'],
    [1846, 3, 'database.unsupported'],
    [4092, 3, 'database.unsupported'],
    [3959, 3, 'database.unsupported'],
    [1062, 4, 'data.duplicates'],
    [1048, 4, 'data.nulls'],
    [3819, 4, 'data.check'],
    [4025, 4, 'data.check'],
    [1452, 4, 'data.foreign-key'],
    [1366, 4, 'data.conversion'],
    [1264, 4, 'data.conversion'],
    [1406, 4, 'data.conversion'],
    [3730, 5, 'database.dependents'],
    [1105, 1, 'database.error'],
  ])('%d: %d %s', (errno, exitCode, code) => {
    const error = toBellowsError(serverError(errno))
    expect(error).toMatchObject({ exitCode, code, message: 'said the server', details: { errno } })
    expect(error.retryable).toBe(exitCode === 75 || exitCode === 5)
    expect(errorNumber(error)).toBe(errno)
  })

  test('what its class says, where the number is not known', () => {
    expect(toBellowsError(serverError(9999, '22007'))).toMatchObject({ exitCode: 4, code: 'data.conversion' })
    expect(toBellowsError(serverError(9999, '42000'))).toMatchObject({ exitCode: 3, code: 'database.statement' })
    expect(sqlState(toBellowsError(serverError(9999, '08S01')))).toBe('08S01')
  })

  test('what to do about a trigger that the binary log forbids', () => {
    expect(toBellowsError(serverError(1419)).hint).toContain('log_bin_trust_function_creators')
  })
})

describe('an error of the network or the driver ends with', () => {
  test.each([
    [driverError('ECONNREFUSED', -111), 75, 'database.refused'],
    [driverError('ENOTFOUND', -3008), 2, 'database.unknown-host'],
    [driverError('ETIMEDOUT'), 75, 'database.timeout'],
    [driverError('ECONNRESET', -104), 75, 'database.connection-lost'],
    [driverError('PROTOCOL_CONNECTION_LOST'), 75, 'database.connection-lost'],
    [driverError('HANDSHAKE_NO_SSL_SUPPORT'), 2, 'database.tls'],
    [new Error("Can't add new command when connection is in closed state"), 75, 'database.connection-lost'],
    [new Error('self-signed certificate in certificate chain'), 2, 'database.tls'],
    [new Error("Hostname/IP does not match certificate's altnames"), 2, 'database.tls'],
    [new Error('something else'), 1, 'database.error'],
    ['a text', 1, 'database.error'],
  ])('%s: %d', (thrown, exitCode, code) => {
    expect(toBellowsError(thrown)).toMatchObject({ exitCode, code })
    expect(errorNumber(thrown)).toBeNull()
  })

  test('every address of a name that was tried is told', () => {
    const refused = ['::1', '127.0.0.1'].map((address) => new Error(`connect ECONNREFUSED ${address}`))
    const error = toBellowsError(Object.assign(new AggregateError(refused, ''), { code: 'ECONNREFUSED' }))
    expect(error).toMatchObject({ exitCode: 75, message: expect.stringMatching(/::1.*127\.0\.0\.1/) })
  })
})

describe('an error', () => {
  test('of ours stays as it is', () => {
    const own = usageError('a.b', 'mine')
    expect(toBellowsError(own)).toBe(own)
  })

  test.each([
    [1062, "Duplicate entry 'a@b.c' for key 'users.email'", "Duplicate entry for key 'users.email'"],
    [1062, "Duplicate entry 'it's for key 'x' a' for key 'k'", "Duplicate entry for key 'k'"],
    [
      1366,
      "Incorrect integer value: 'secret' for column 'n' at row 1",
      "Incorrect integer value for column 'n' at row 1",
    ],
    [1292, "Truncated incorrect DOUBLE value: 'secret'", 'Truncated incorrect DOUBLE value'],
    [1054, "Unknown column 'n' in 'field list'", "Unknown column 'n' in 'field list'"],
  ])('%d does not tell the values of a row', (errno, said, told) => {
    expect(toBellowsError(serverError(errno, '23000', said)).message).toBe(told)
  })

  test('of a lost connection is known as such', () => {
    expect(isConnectionLost(toBellowsError(serverError(2013)))).toBe(true)
    expect(isConnectionLost(toBellowsError(serverError(1205)))).toBe(false)
    expect(isConnectionLost(driverError('ECONNRESET'))).toBe(false)
  })
})
