import { describe, inject, it } from 'vitest'
import type { TestServer } from './find.ts'
import type { ServerKind } from './wanted.ts'

export { chinookAvailable, chinookDatabase } from './chinook.ts'
export { connect, withClient } from './connect.ts'
export { cloneDatabase, createDatabase, type TestDatabase } from './create-database.ts'
export type { TestServer } from './find.ts'
export { connectMysql, mysqlRows, withMysql } from './mysql/connect.ts'

const everyKind: readonly ServerKind[] = ['postgres', 'mysql', 'mariadb']

/** The servers of this run, of all kinds or of some. */
export function servers(kinds: readonly ServerKind[] = everyKind): readonly TestServer[] {
  return inject('servers').filter(({ kind }) => kinds.includes(kind))
}

/** A `describe` for each server of this run, whatever its engine: say the SQL through `familyOf(server)`. */
export function describeEveryServer(title: string, body: (server: TestServer) => void): void {
  describeEachDatabase(title, everyKind, body)
}

/** The same for tests that start servers of their own: only those whose binaries are here. */
export function describeEveryStartableServer(title: string, body: (server: TestServer) => void): void {
  describeEach(title, everyKind, body, (server) => server.startable)
}

/** A `describe` for each PostgreSQL of this run. */
export function describeEachServer(title: string, body: (server: TestServer) => void): void {
  describeEachDatabase(title, ['postgres'], body)
}

/** A `describe` for each MySQL and MariaDB of this run. */
export function describeEachMysql(title: string, body: (server: TestServer) => void): void {
  describeEachDatabase(title, ['mysql', 'mariadb'], body)
}

/** The same for tests that start servers of their own, with other settings: only those whose binaries are here. */
export function describeEachStartableMysql(title: string, body: (server: TestServer) => void): void {
  describeEach(title, ['mysql', 'mariadb'], body, (server) => server.startable)
}

/** A `describe` for each server of these kinds in this run; without any, a skipped test says so. */
export function describeEachDatabase(
  title: string,
  kinds: readonly ServerKind[],
  body: (server: TestServer) => void,
): void {
  describeEach(title, kinds, body, () => true)
}

function describeEach(
  title: string,
  kinds: readonly ServerKind[],
  body: (server: TestServer) => void,
  fits: (server: TestServer) => boolean,
): void {
  const chosen = servers(kinds).filter(fits)
  for (const server of chosen) describe(`${title} (${server.name})`, () => body(server))
  if (chosen.length === 0) describe(title, () => it.skip(`no ${kinds.join(' or ')} in this run`))
}
