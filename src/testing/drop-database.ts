import { dialectNamed, testDatabasesOf } from '../dialects/open.ts'
import { connectOptions } from './connect.ts'
import type { LeftOver } from './janitor.ts'

/** Drops a database in a session of its own. */
export async function dropDatabase({ name, url, dialect }: LeftOver): Promise<void> {
  const session = await (await dialectNamed(dialect)).connect(connectOptions(url))
  try {
    await (await testDatabasesOf(dialect)).drop(session, name)
  } finally {
    await session.close()
  }
}
