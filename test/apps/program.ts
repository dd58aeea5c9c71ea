/**
 * A little app in two versions, as a program: it writes and reads `users` until it is stopped, and then says what became of it. v1 knows
 * the column `name`, v2 knows it as `full_name`.
 *
 *     program.ts <driver> <v1|v2> [once]
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from './drivers.ts'

/** What an app tells at its end. */
export interface Told {
  readonly done: Readonly<Record<string, number>>
  /** By statement and error of the server. */
  readonly failed: Readonly<Record<string, number>>
  /** It read something else than it had written. */
  readonly wrong: number
}

const [driver = '', version = '', once] = process.argv.slice(2)
const column = version === 'v1' ? 'name' : 'full_name'
const url = process.env.DATABASE_URL ?? ''

let stopped = false
process.once('SIGTERM', () => {
  stopped = true
})

const done: Record<string, number> = {}
const failed: Record<string, number> = {}
let wrong = 0

async function attempt<T>(what: string, body: () => Promise<T>): Promise<T | null> {
  try {
    const result = await body()
    done[what] = (done[what] ?? 0) + 1
    return result
  } catch (error) {
    const { code, errno, sqlState } = error as { code?: string; errno?: number; sqlState?: string }
    const key = `${what} ${errno ?? sqlState ?? code}`
    failed[key] = (failed[key] ?? 0) + 1
    return null
  }
}

/** A user signs up, is looked at, changes the name, is looked at again. */
async function round(database: Database): Promise<void> {
  const email = `${randomUUID()}@${version}.example`
  const [first, second] = [`${version} signs up`, `${version} changes`]
  await attempt('insert', () => database.insert(column, first, email))
  for (const expected of [first, second]) {
    if (expected === second) await attempt('update', () => database.update(column, second, email))
    const read = await attempt('select', () => database.select(column, email))
    if (read !== null && read !== expected) wrong += 1
  }
}

const database = await openDatabase(driver, url, `shop ${version}`)
process.stdout.write('ready\n')
do {
  await round(database)
  await sleep(5)
} while (!stopped && once === undefined)
await database.close()
process.stdout.write(JSON.stringify({ done, failed, wrong } satisfies Told))
