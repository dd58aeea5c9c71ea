import mysql from 'mysql2/promise'
import type { CaptureDialect, Target } from '../../capture.ts'
import type { ConnectOptions } from '../../dialect.ts'
import { openConnection } from '../driver.ts'
import { toBellowsError } from '../driver-errors.ts'
import { parseAddress } from '../url.ts'
import { detour, redirect } from './detour.ts'
import { imports } from './imports.ts'
import { modeFrom } from './mode.ts'
import { mentions, readStatements } from './read.ts'
import { serve } from './serve.ts'

/** What capturing needs of MySQL and MariaDB. */
export function mysqlCapture(): CaptureDialect {
  return { typesOfValues: true, target, imports, read: readStatements, inline, mentions }
}

/** As mysql2 does in `query`. */
function inline(sql: string, values: readonly unknown[]): string {
  return mysql.format(sql, values as Parameters<typeof mysql.format>[1])
}

async function target(options: ConnectOptions): Promise<Target> {
  const address = await parseAddress(options)
  const secret = options.password === null ? undefined : await options.password()
  let mode = ''
  return {
    reach: async () => {
      mode = await login(options)
    },
    serve: (client, sink) => serve(client, address, mode, sink),
    detour: (port) => detour(options.url, secret, port),
    redirect,
    typeNames: async () => new Map(),
  }
}

/**
 * Logs in once and asks how texts are read. It also leaves the password of this account in the server's cache (caching_sha2_password),
 * so that clients without TLS need not send it.
 */
async function login(options: ConnectOptions): Promise<string> {
  try {
    const connection = await openConnection(options)
    try {
      const [rows] = await connection.query('select @@global.sql_mode as mode')
      return modeFrom((rows as unknown as readonly { readonly mode: string }[])[0]?.mode ?? '')
    } finally {
      await connection.end().catch(() => connection.destroy())
    }
  } catch (error) {
    throw toBellowsError(error)
  }
}
