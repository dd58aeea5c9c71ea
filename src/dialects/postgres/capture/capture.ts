import type { CaptureDialect, Target } from '../../capture.ts'
import type { ConnectOptions } from '../../dialect.ts'
import { toBellowsError } from '../driver-errors.ts'
import { loadParser } from '../parser.ts'
import { type Address, clientConfig, openClient } from '../url.ts'
import { detour, redirect } from './detour.ts'
import { dial } from './dial.ts'
import { imports } from './imports.ts'
import { mentions, readStatements } from './read.ts'
import { serve } from './serve.ts'
import { numberOf } from './types.ts'

/** What capturing needs of PostgreSQL, its grammar loaded. */
export async function postgresCapture(): Promise<CaptureDialect> {
  await loadParser()
  return { typesOfValues: false, target, imports, read: readStatements, mentions }
}

async function target(options: ConnectOptions): Promise<Target> {
  const address = await clientConfig(options)
  const secret = options.password === null ? undefined : await options.password()
  return {
    reach: () => reach(address),
    serve: (client, sink) => serve(client, () => dial(address), sink),
    detour: (port) => detour(options.url, address.config, secret, port),
    redirect,
    typeNames: (types) => typeNames(options, types),
  }
}

async function reach(address: Address): Promise<void> {
  try {
    const socket = await dial(address)
    socket.on('error', () => undefined)
    socket.end()
    socket.resume()
  } catch (error) {
    throw toBellowsError(error)
  }
}

/** Types of this database only: a number that another one has means nothing here. */
async function typeNames(options: ConnectOptions, types: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const known = types.map((type) => [type, numberOf(type)] as const).filter(([, number]) => number !== null)
  if (known.length === 0) return new Map()
  const client = await openClient(options).catch((error: unknown) => {
    throw toBellowsError(error)
  })
  try {
    const { rows } = await client.query<{ number: string; name: string }>(
      'select oid::text as number, format_type(oid, null) as name from pg_type where oid = any($1::text[]::oid[])',
      [known.map(([, number]) => String(number))],
    )
    return new Map(rows.map(({ number, name }) => [`#${number}`, name]))
  } catch (error) {
    throw toBellowsError(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}
