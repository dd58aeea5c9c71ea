import { setTimeout as sleep } from 'node:timers/promises'
import type { JanitorMessage, LeftOver } from './janitor.ts'

/*
 * The program of the janitor. Its channel closes when the tests are over, or dead; what they have not dropped by then it drops.
 */

const databases = new Map<string, LeftOver>()

process.on('message', (message: JanitorMessage) => {
  if (message.op === 'watch') databases.set(message.database.name, message.database)
  else databases.delete(message.name)
})
// Whoever ends all processes of a job ends the tests too: what they leave is what this one is for.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.once('disconnect', end)
// They may have died while this was loaded; what they had said before comes first.
if (!process.connected) setImmediate(end)

function end(): void {
  void dropAll().finally(() => process.exit())
}

async function dropAll(): Promise<void> {
  if (databases.size === 0) return
  const { dropDatabase } = await import('./drop-database.ts')
  // Twice: a statement that makes a database goes on in the server when its client is dead.
  for (const pause of [0, 2000]) {
    await sleep(pause)
    for (const database of databases.values()) await dropDatabase(database).catch(() => undefined)
  }
}
