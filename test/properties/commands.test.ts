import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest'
import { isBellowsError } from '../../src/errors.ts'
import {
  addColumn,
  changeType,
  createMigrator,
  type MigrationDefinition,
  type Migrator,
  renameColumn,
  setNotNull,
} from '../../src/index.ts'
import { type Family, familyOf, type Stage } from '../families/family.ts'
import { leaveOutIfNotYet } from '../scenarios/scenario.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { runs, seed } from './seed.ts'

/** Two migrations that can be in flight together, on one table and so on one trigger. */
const migrations: Readonly<Record<string, MigrationDefinition>> = {
  a: {
    intents: [
      renameColumn({ table: 'items', from: 'name', to: 'title' }),
      setNotNull({ table: 'items', column: 'note', up: "'-'" }),
    ],
  },
  b: {
    intents: [
      changeType({ table: 'items', column: 'qty', to: 'bigint' }),
      addColumn({
        table: 'items',
        column: 'slug',
        type: { postgres: 'text', mysql: 'varchar(60)' },
        nullable: false,
        up: 'upper(kind)',
      }),
    ],
  },
}

const rows = Array.from({ length: 12 }, (_, at) => at + 1).map(
  (i) => `(${i}, 'name ${i}', ${i}, ${i % 3 === 1 ? 'null' : `'n${i % 3}'`}, 'k${i}')`,
)
const schema = `create table items (id int primary key, name varchar(60) unique, qty int not null default 3, note varchar(60), kind varchar(60));
insert into items (id, name, qty, note, kind) values ${rows.join(', ')}`

type Verb =
  | 'plan'
  | 'expand'
  | 'backfill'
  | 'ready'
  | 'contract'
  | 'rollback'
  | 'purge'
  | 'verify'
  | 'pause'
  | 'resume'
  | 'repair'
  | 'write'

interface Command {
  readonly verb: Verb
  readonly name: 'a' | 'b' | undefined
  readonly dryRun: boolean
}

/** Going forward and back are likelier than looking. */
const command: fc.Arbitrary<Command> = fc.record({
  verb: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<Verb>('expand', 'backfill', 'contract', 'rollback') },
    { weight: 3, arbitrary: fc.constant<Verb>('purge') },
    { weight: 3, arbitrary: fc.constantFrom<Verb>('plan', 'ready', 'verify', 'pause', 'resume', 'repair') },
    { weight: 3, arbitrary: fc.constant<Verb>('write') },
  ),
  name: fc.constantFrom('a' as const, 'b' as const, undefined),
  dryRun: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

const lossy = { acceptLoss: true, reason: 'a property', quietPeriod: 0 }

async function obey(migrator: Migrator, { verb, name, dryRun }: Command): Promise<unknown> {
  const one = { ...(name === undefined ? {} : { name }), dryRun }
  if (verb === 'contract') return migrator.contract({ ...one, quietPeriod: 0, retention: 3_600_000 })
  if (verb === 'purge') return migrator.purge({ ...one, ignoreRetention: true })
  if (verb === 'rollback') return migrator.rollback({ ...one, ...lossy })
  if (verb === 'write') return undefined
  return migrator[verb](one)
}

/**
 * Whatever shape the table is in, both of its shapes are written: by the columns that are there. `slug` is given once it has to be, from
 * contract of `b` on; before, the trigger gives it.
 */
async function writeSomething(url: string, family: Family, migrator: Migrator, step: number): Promise<void> {
  const { state } = (await migrator.status()).migrations.find(({ name }) => name === 'b') ?? { state: 'pending' }
  const required = ['contracted', 'purging', 'completed'].includes(state)
  const there = await family.columns(url, 'items')
  const named = ['name', 'title'].filter((name) => there.includes(name))
  const inserts = named.map(
    (name, index) =>
      `insert into items (id, ${name}, note, kind${required ? ', slug' : ''}) values (${100 + step * 2 + index}, 'w ${step} ${index}', 'w', 'w'${required ? ", 'W'" : ''})`,
  )
  await family.run(url, [...inserts, 'update items set qty = qty + 1 where id = 1'].join('; '))
}

describeEveryServer(`any order of commands (seed ${seed})`, (server) => {
  const family = familyOf(server)
  let stage: Stage
  let before: string
  beforeAll(async () => {
    stage = await family.stage(server, async (url) => {
      await family.run(url, schema)
      before = await family.catalog(url)
    })
  })
  afterAll(() => stage.close())

  /** No unclassified error, whatever is said when; then one of the two ways out has to work. */
  async function tryOrder(commands: readonly Command[], wayOut: 'back' | 'forward'): Promise<void> {
    const database = await stage.fresh()
    const migrator = createMigrator({ database: database.url, migrations, leaseWait: 2000 })
    try {
      for (const [step, each] of commands.entries()) {
        if (each.verb === 'write') await writeSomething(database.url, family, migrator, step)
        const error: unknown = await obey(migrator, each).then(
          () => null,
          (thrown: unknown) => thrown,
        )
        if (error !== null && (!isBellowsError(error) || error.exitCode === 1))
          throw new Error(`${each.verb} ${each.name ?? ''} ended unclassified`, { cause: error })
      }
      const states = async () => (await migrator.status()).migrations.map(({ state }) => state)
      if (wayOut === 'back') {
        const from = await states()
        // One phase back at a time: a contracted one needs two.
        await migrator.rollback({ all: true, ...lossy })
        await migrator.rollback({ all: true, ...lossy })
        const rest = from.map((state) => (state === 'completed' || state === 'purging' ? state : 'pending'))
        expect(await states()).toEqual(rest)
        if (rest.every((state) => state === 'pending')) expect(await family.catalog(database.url)).toBe(before)
        return
      }
      for await (const _ of migrator.walk());
      expect(await states()).toEqual(['completed', 'completed'])
      const after = await family.catalog(database.url)
      expect(after).not.toMatch(family.ours)
      const wrong = await family.rows(
        database.url,
        `select id from items where note is null or not (${family.same('slug', 'upper(kind)')}) or title is null`,
      )
      expect(wrong).toEqual([])
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  const all = async (context: TestContext): Promise<void> => {
    const database = await stage.fresh()
    try {
      const intents = Object.values(migrations).flatMap((migration) => migration.intents)
      await leaveOutIfNotYet(context, { name: 'any order of commands', intents }, server, database.url)
    } finally {
      await database.drop()
    }
  }

  it('has a way back', async (context) => {
    await all(context)
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 9 }), (commands) => tryOrder(commands, 'back')),
      { ...runs(6), endOnFailure: true },
    )
  }, 240_000)

  it('has a way forward', async (context) => {
    await all(context)
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 9 }), (commands) => tryOrder(commands, 'forward')),
      { ...runs(6), endOnFailure: true },
    )
  }, 240_000)
})
