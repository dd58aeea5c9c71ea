import type { Migration } from '../planner/migration.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import { orUndo } from './cleanup.ts'
import type { Databases, MadeDatabase } from './databases.ts'
import { fill } from './fill.ts'
import { type Leader, leaderOf, readMigrations } from './leader.ts'
import type { StatesOptions } from './options.ts'
import type { Stop } from './states.ts'

/** A database on its way, and the migrations whose rows were filled in. */
export interface Traveller {
  readonly database: MadeDatabase
  readonly filled: Set<string>
}

/** The way that databases are led: which migrations there are, and in which of them it is stopped. */
export interface Course {
  /** The migrations that are stopped in, in order. */
  readonly names: readonly string[]
  /** A new database, seeded. */
  begin(databases: Databases): Promise<Traveller>
  leader(traveller: Traveller): Leader
  /** Leads a database on to a state; false where that cannot be reached. */
  lead(
    traveller: Traveller,
    leader: Leader,
    name: string,
    stop: Pick<Stop, 'state' | 'rolledBackFrom'>,
  ): Promise<boolean>
  /** The same, for what is led once. */
  leadOnce(traveller: Traveller, name: string, stop: Pick<Stop, 'state' | 'rolledBackFrom'>): Promise<boolean>
}

/** The course that was asked for. */
export async function courseOf(options: StatesOptions): Promise<Course> {
  const migrations = await readMigrations(options)
  const chosen = new Set(options.only ?? migrations.map(({ name }) => name))
  const course: Course = {
    names: migrations.map(({ name }) => name).filter((name) => chosen.has(name)),
    begin: async (databases) => begin(databases, options),
    leader: ({ database }) => leaderOf(database, migrations, options),
    lead: async (traveller, leader, name, stop) => {
      throwIfAborted(options.signal ?? null)
      await before(migrations, chosen, options, traveller, leader, name)
      return leader.reach(name, stop)
    },
    leadOnce: async (traveller, name, stop) => {
      const leader = course.leader(traveller)
      try {
        return await course.lead(traveller, leader, name, stop)
      } finally {
        await leader.close()
      }
    },
  }
  return course
}

function begin(databases: Databases, options: StatesOptions): Promise<Traveller> {
  throwIfAborted(options.signal ?? null)
  return orUndo(async (clean) => {
    const database = await databases.make()
    clean.later(() => database.drop())
    await fill('the seed', options.seed, { url: database.url, dialect: database.dialect })
    return { database, filled: new Set<string>() }
  })
}

/** Everything before a migration is carried through; rows come where they were asked for, each time once. */
async function before(
  migrations: readonly Migration[],
  chosen: ReadonlySet<string>,
  options: StatesOptions,
  { database, filled }: Traveller,
  leader: Leader,
  target: string,
): Promise<void> {
  for (const { name } of migrations) {
    if (chosen.has(name) && !filled.has(name)) {
      const { url, dialect } = database
      await fill(`filling the database for ${name}`, options.fill, { url, dialect }, name)
      filled.add(name)
    }
    if (name === target) return
    await leader.complete(name)
  }
}
