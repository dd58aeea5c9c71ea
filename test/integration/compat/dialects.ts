import { type TestServer, withClient, withMysql } from '../../servers/databases.ts'
import type { ServerKind } from '../../servers/wanted.ts'

/** All engines: what a test says holds on each of them. */
export const everywhere: readonly ServerKind[] = ['postgres', 'mysql', 'mariadb']

/** Where the engines differ in words. */
export interface Words {
  readonly postgres: boolean
  /** The n-th placeholder of the driver. */
  readonly at: (n: number) => string
  /** A key that counts by itself, in CREATE TABLE. */
  readonly key: string
  /** The codes of errors. */
  readonly code: {
    readonly column: string
    readonly ambiguous: string
    readonly table: string
    readonly routine: string
  }
  readonly quote: (name: string) => string
}

/** The words of a server's engine. */
export function wordsOf({ kind }: TestServer): Words {
  if (kind === 'postgres') {
    return {
      postgres: true,
      at: (n) => `$${n}`,
      key: 'bigint generated always as identity primary key',
      code: { column: '42703', ambiguous: '42702', table: '42P01', routine: '42883' },
      quote: (name) => `"${name.replaceAll('"', '""')}"`,
    }
  }
  return {
    postgres: false,
    at: () => '?',
    key: 'bigint auto_increment primary key',
    code: { column: '1054', ambiguous: '1052', table: '1146', routine: '1305' },
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  }
}

/** Runs statements that are separated by `;`, and returns the rows of the last one. */
export async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  if (url.startsWith('postgres')) {
    const result: unknown = await withClient(url, (client) => client.query(sql))
    return (Array.isArray(result) ? result.at(-1) : result).rows
  }
  return withMysql(url, async (client) => {
    const [result] = await client.query(sql)
    const rows = Array.isArray(result) && Array.isArray(result.at(-1)) ? result.at(-1) : result
    return rows as unknown as Record<string, unknown>[]
  })
}
