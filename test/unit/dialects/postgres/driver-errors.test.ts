import { describe, expect, test } from 'vitest'
import { isConnectionLost, sqlState, toBellowsError } from '../../../../src/dialects/postgres/driver-errors.ts'
import { usageError } from '../../../../src/errors.ts'

const serverError = (code: string, message = 'said the server', more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more })

describe('an error of the server ends with', () => {
  test.each([
    ['55P03', 75],
    ['40P01', 75],
    ['40001', 75],
    ['57014', 75],
    ['57P01', 75],
    ['57P03', 75],
    ['53300', 75],
    ['53100', 75],
    ['25006', 75],
    ['08006', 75],
    ['08P01', 75],
    ['28P01', 2],
    ['28000', 2],
    ['3D000', 2],
    ['42501', 3],
    ['42P01', 3],
    ['42703', 3],
    ['42883', 3],
    ['42P07', 3],
    ['42846', 3],
    ['42601', 3],
    ['3F000', 3],
    ['0A000', 3],
    ['23505', 4],
    ['23502', 4],
    ['23514', 4],
    ['23503', 4],
    ['22P02', 4],
    ['22003', 4],
    ['2BP01', 5],
    ['XX000', 1],
    ['P0001', 3],
  ])('%s: %d', (code, exitCode) => {
    const error = toBellowsError(serverError(code))
    expect(error).toMatchObject({ exitCode, message: 'said the server', details: { sqlState: code } })
    expect(error.retryable).toBe(exitCode === 75 || exitCode === 5)
    expect(sqlState(error)).toBe(code)
  })
})

describe('an error of the network or the driver ends with', () => {
  test.each([
    [serverError('ECONNREFUSED'), 75, 'database.refused'],
    [serverError('ENOTFOUND'), 2, 'database.unknown-host'],
    [serverError('EAI_AGAIN'), 75, 'database.name-lookup'],
    [serverError('ECONNRESET'), 75, 'database.connection-lost'],
    [new Error('Connection terminated unexpectedly'), 75, 'database.connection-lost'],
    [new Error('timeout expired'), 75, 'database.timeout'],
    [new Error('The server does not support SSL connections'), 2, 'database.tls'],
    [new Error('self-signed certificate in certificate chain'), 2, 'database.tls'],
    [new Error("Hostname/IP does not match certificate's altnames"), 2, 'database.tls'],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 2, 'database.authentication'],
    [new Error('something else'), 1, 'database.error'],
    ['a text', 1, 'database.error'],
  ])('%s: %d', (thrown, exitCode, code) => {
    expect(toBellowsError(thrown)).toMatchObject({ exitCode, code })
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

  test('tells the detail, but never one that holds the values of a row', () => {
    expect(toBellowsError(serverError('2BP01', 'no', { detail: 'view x depends on it' })).message).toBe(
      'no (view x depends on it)',
    )
    expect(toBellowsError(serverError('23505', 'no', { detail: 'Key (email)=(a@b.c) already exists.' })).message).toBe(
      'no',
    )
    expect(toBellowsError(serverError('23502', 'no', { detail: 'Failing row contains (1, secret).' })).message).toBe(
      'no',
    )
  })

  test('of a lost connection is known as such', () => {
    expect(isConnectionLost(toBellowsError(serverError('57P02')))).toBe(true)
    expect(isConnectionLost(toBellowsError(serverError('55P03')))).toBe(false)
    expect(isConnectionLost(new Error('Connection terminated'))).toBe(false)
  })
})
