import { readFile } from 'node:fs/promises'
import { testDatabasesOf } from '../dialects/open.ts'
import { BellowsError, exitCodes, isBellowsError } from '../errors.ts'
import { connectOptions } from './connect.ts'
import type { Filler, TestDatabase } from './options.ts'

/**
 * Fills a database as it was said.
 *
 * @throws BellowsError exit 2 with what failed as its cause
 */
export async function fill<Given extends unknown[]>(
  what: string,
  filler: Filler<Given> | undefined,
  database: TestDatabase,
  ...given: Given
): Promise<void> {
  if (filler === undefined) return
  try {
    if (typeof filler === 'function') await filler(database, ...given)
    else await runFile(filler, database)
  } catch (cause) {
    throw failed(what, cause)
  }
}

async function runFile(file: string | URL, { url, dialect }: TestDatabase): Promise<void> {
  const script = await readFile(file, 'utf8')
  await (await testDatabasesOf(dialect)).runScript(connectOptions(url), script.replace(/^\uFEFF/, ''))
}

function failed(what: string, cause: unknown): BellowsError {
  const message = `${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`
  const hint = isBellowsError(cause) ? cause.hint : null
  return new BellowsError({ code: 'testing.seed', message, exitCode: exitCodes.usage, hint, cause })
}
