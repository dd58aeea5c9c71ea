import { describe, inject } from 'vitest'
import type { TestServer } from './find.ts'

export { chinookAvailable, chinookDatabase } from './chinook.ts'
export { connect, withClient } from './connect.ts'
export { cloneDatabase, createDatabase, type TestDatabase } from './create-database.ts'
export type { TestServer } from './find.ts'

/** The servers of this run; never empty. */
export function servers(): readonly TestServer[] {
  return inject('servers')
}

/** A `describe` for each server of this run. */
export function describeEachServer(title: string, body: (server: TestServer) => void): void {
  for (const server of servers()) describe(`${title} (${server.name})`, () => body(server))
}
