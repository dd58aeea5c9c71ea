import { cellsOf, type TestCell, type TestedState, testedState } from './cell.ts'
import { orUndo, thenUndo } from './cleanup.ts'
import { type Course, courseOf } from './course.ts'
import { type Databases, openDatabases } from './databases.ts'
import type { StatesOptions } from './options.ts'
import { stageOf } from './stage.ts'
import { beginning, type Stop, stopsOf } from './states.ts'

/** States and cells that are known before any test runs, with a database of its own for each test. */
export interface TestKit {
  readonly states: readonly TestedState[]
  /** One for each version that has to work in a state. */
  readonly cells: readonly TestCell[]
  /** Drops what is left, and stops a server that was started for it. */
  close(): Promise<void>
}

/**
 * Finds the states of every migration, so that a test runner can be told of a test for each. Every test gets a new database,
 * seeded and led into its state: the tests may run in any order, alone, and side by side.
 *
 * @throws BellowsError `testing.*`; see docs/testing.md.
 * @example
 * ```ts
 * const kit = await openTestKit({ database: { embedded: 'postgres' }, migrations: './migrations', seed: 'schema.sql' })
 * afterAll(() => kit.close())
 * for (const cell of kit.cells) test(cell.title, () => cell.run('signs up', ({ url }) => apps[cell.version].signUp(url)))
 * ```
 */
export async function openTestKit(options: StatesOptions): Promise<TestKit> {
  const course = await courseOf(options)
  const databases = await openDatabases(options)
  return orUndo(async (clean) => {
    clean.later(() => databases.close())
    const stage = stageOf(databases, course)
    const found = await findStops(databases, course, options.back === true)
    const states = found.map(({ name, stop }) =>
      testedState(name, stop, databases.limits, (body) => stage.use(name, stop, body)),
    )
    return { states, cells: states.flatMap(cellsOf), close: () => databases.close() }
  })
}

/**
 * From when on the new version has to work, the plan says, which is made where the migrations before it have been. Whether there is a
 * way back is known in the state that it begins in.
 */
function findStops(
  databases: Databases,
  course: Course,
  back: boolean,
): Promise<readonly { readonly name: string; readonly stop: Stop }[]> {
  return thenUndo(async (clean) => {
    const traveller = await course.begin(databases)
    clean.later(() => traveller.database.drop())
    const leader = course.leader(traveller)
    clean.later(() => leader.close())
    const found: { name: string; stop: Stop }[] = []
    for (const name of course.names) {
      await course.lead(traveller, leader, name, beginning)
      for (const stop of stopsOf(await leader.ready(name), back)) {
        if (!back || (await course.lead(traveller, leader, name, stop))) found.push({ name, stop })
      }
    }
    return found
  })
}
