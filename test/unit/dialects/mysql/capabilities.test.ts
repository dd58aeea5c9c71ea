import { expect, it } from 'vitest'
import { capabilitiesOf } from '../../../../src/dialects/mysql/capabilities.ts'

it.each([
  ['8.0.36', { mariadb: false, version: '8.0.36', maxRowVersions: 64, rebuildLosesRows: true }],
  ['8.0.42-0ubuntu0.24.04.1', { rebuildLosesRows: false }],
  ['8.4.3', { rebuildLosesRows: true }],
  ['8.4.4', { rebuildLosesRows: false, maxRowVersions: 64 }],
  ['9.0.1', { maxRowVersions: 64 }],
  ['9.7.4-2', { maxRowVersions: 255, rebuildLosesRows: false, namedBlocksRename: true }],
  ['10.6.22-MariaDB', { mariadb: true, onlineCopy: false, maxRowVersions: null }],
  ['10.11.19-MariaDB-0+deb12u1-log', { version: '10.11.19', onlineCopy: false }],
  ['11.8.9-MariaDB-4 from Debian-log', { onlineCopy: true, namedBlocksRename: false, rebuildLosesRows: false }],
  ['5.5.5-10.11.6-MariaDB', { version: '10.11.6' }],
])('%s', (said, expected) => {
  expect(capabilitiesOf(said)).toMatchObject(expected)
})

it.each(['5.7.44', '8.0.28', '10.5.29-MariaDB', ''])('%s is refused (3)', (said) => {
  expect(() => capabilitiesOf(said)).toThrow(expect.objectContaining({ exitCode: 3, code: 'server.version' }))
})
