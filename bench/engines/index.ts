import type { Engine } from './engine.ts'
import { startMysqlEngine } from './mysql.ts'
import { startPostgres } from './postgres.ts'

const starts = {
  postgres: startPostgres,
  mysql: (say) => startMysqlEngine('mysql', say),
  mariadb: (say) => startMysqlEngine('mariadb', say),
} as const satisfies Record<string, (say: (line: string) => void) => Promise<Engine>>

/** Starts a server for this run. */
export async function startEngine(dialect: string, say: (line: string) => void): Promise<Engine> {
  const start = Object.entries(starts).find(([name]) => name === dialect)?.[1]
  if (start === undefined) throw new Error(`--dialect is one of ${Object.keys(starts).join(', ')}`)
  return start(say)
}
