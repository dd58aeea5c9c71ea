import { type TestedState, testedState } from './cell.ts'
import { cleanup } from './cleanup.ts'
import { courseOf } from './course.ts'
import { openDatabases } from './databases.ts'
import type { StatesOptions, TestDatabase } from './options.ts'
import { beginning, stopsOf } from './states.ts'

/** A state that the one database of a walk is in, until the loop goes on. */
export interface WalkedState extends TestedState, TestDatabase {}

/**
 * Leads one database through every state of every migration, and stops in each. What a test leaves in it is there in the states
 * after. The database, and a server that was started for it, are gone when the loop ends, however it ends.
 *
 * @throws BellowsError `testing.*`; see docs/testing.md.
 * @example
 * ```ts
 * for await (const state of walkStates({ database: { embedded: 'postgres' }, migrations: './migrations', seed: 'schema.sql' })) {
 *   for (const version of state.versions) await state.run(version, 'signs up', ({ url }) => apps[version].signUp(url))
 * }
 * ```
 */
export async function* walkStates(options: StatesOptions): AsyncGenerator<WalkedState, void, undefined> {
  const course = await courseOf(options)
  const clean = cleanup()
  let failed = true
  try {
    const databases = await openDatabases(options)
    clean.later(() => databases.close())
    const traveller = await course.begin(databases)
    const { url, dialect } = traveller.database
    const leader = course.leader(traveller)
    clean.later(() => leader.close())
    for (const name of course.names) {
      await course.lead(traveller, leader, name, beginning)
      const ready = await leader.ready(name)
      for (const stop of stopsOf(ready, options.back === true)) {
        if (!(await course.lead(traveller, leader, name, stop))) continue
        failed = false
        yield { ...testedState(name, stop, databases.limits, (body) => body({ url, dialect })), url, dialect }
        failed = true
      }
    }
    failed = false
  } finally {
    // What failed comes before what could not be cleaned up. A loop that is left early is no failure of ours.
    await clean.run().catch((error: unknown) => {
      if (!failed) throw error
    })
  }
}
