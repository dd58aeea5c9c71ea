import { expect, it } from 'vitest'
import { wantedServers } from '../../servers/wanted.ts'

const all = [
  ...['postgres14', 'postgres15', 'postgres16', 'postgres17', 'postgres18'],
  ...['mariadb106', 'mariadb1011', 'mariadb118'],
  ...['mysql80', 'mysql84', 'mysql97'],
]

it('a plain run takes PostgreSQL 18 and requires nothing', () => {
  expect(wantedServers({})).toEqual({
    names: ['postgres18'],
    required: new Set(),
    download: false,
    containers: false,
  })
})

it('the full matrix takes every server once and may download', () => {
  expect(wantedServers({ MATRIX: 'full' })).toMatchObject({ names: all, download: true })
  expect(wantedServers({ MATRIX: 'full', NO_DOWNLOAD: '1' })).toMatchObject({ names: all, download: false })
})

it('servers can be named, also within the full matrix', () => {
  expect(wantedServers({ SERVERS: 'postgres14, postgres18' }).names).toEqual(['postgres14', 'postgres18'])
  expect(wantedServers({ SERVERS: 'postgres', MATRIX: 'full' })).toMatchObject({
    names: ['postgres18'],
    download: true,
  })
})

it('what is required is also used', () => {
  const wanted = wantedServers({ REQUIRE_SERVERS: 'postgres,postgres14' })
  expect(wanted.names).toEqual(['postgres14', 'postgres18'])
  expect(wanted.required).toEqual(new Set(['postgres14', 'postgres18']))
})

it('a name that is mistyped fails, rather than skipping in silence', () => {
  expect(() => wantedServers({ REQUIRE_SERVERS: 'postgers14' })).toThrow('Unknown server "postgers14"')
})

it('an engine without a version is its newest', () => {
  expect(wantedServers({ SERVERS: 'mysql,mariadb,postgres' }).names).toEqual(['postgres18', 'mariadb118', 'mysql97'])
})

it('containers are required only where that is said', () => {
  expect(wantedServers({ REQUIRE_CONTAINERS: '1' }).containers).toBe(true)
})
