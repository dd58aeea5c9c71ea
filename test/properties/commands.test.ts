import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
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
import { canonicalCatalog } from '../catalog/canonical.ts'
import {
  cloneDatabase,
  createDatabase,
  describeEachServer,
  type TestDatabase,
  withClient,
} from '../servers/databases.ts'
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
      addColumn({ table: 'items', column: 'slug', type: 'text', nullable: false, up: 'upper(kind)' }),
    ],
  },
}

const schema = `create table items (id int primary key, name text unique, qty int not null default 3, note text, kind text);
insert into items select i, 'name ' || i, i, nullif('n' || i % 3, 'n1'), 'k' || i from generate_series(1, 12) i`

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

/** Whatever shape the table is in, both of its shapes are written: by the columns that are there. */
async function writeSomething(url: string, step: number): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = 'items'::regclass and attnum > 0 and not attisdropped and attname in ('name', 'title')",
    )
    for (const [index, { name }] of rows.entries()) {
      await client.query(`insert into items (id, ${name}, note, kind) values ($1, $2, 'w', 'w')`, [
        100 + step * 2 + index,
        `w ${step} ${index}`,
      ])
    }
    await client.query('update items set qty = qty + 1 where id = 1')
  })
}

describeEachServer(`any order of commands (seed ${seed})`, (server) => {
  let template: TestDatabase
  let before: string
  beforeAll(async () => {
    template = await createDatabase(server)
    await withClient(template.url, async (client) => {
      await client.query(schema)
      before = await canonicalCatalog(client)
    })
  })
  afterAll(() => template.drop())

  const catalogOf = (url: string): Promise<string> => withClient(url, canonicalCatalog)

  /** No unclassified error, whatever is said when; then one of the two ways out has to work. */
  async function tryOrder(commands: readonly Command[], wayOut: 'back' | 'forward'): Promise<void> {
    const database = await cloneDatabase(server, template)
    const migrator = createMigrator({ database: database.url, migrations, leaseWait: 2000 })
    try {
      for (const [step, each] of commands.entries()) {
        if (each.verb === 'write') await writeSomething(database.url, step)
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
        if (rest.every((state) => state === 'pending')) expect(await catalogOf(database.url)).toBe(before)
        return
      }
      for await (const _ of migrator.walk());
      expect(await states()).toEqual(['completed', 'completed'])
      const after = await catalogOf(database.url)
      expect(after).not.toMatch(/bellows_[a-z]_[0-9a-f]{8}|~bellows_sync/)
      const wrong = await withClient(database.url, (client) =>
        client.query('select id from items where note is null or slug is distinct from upper(kind) or title is null'),
      )
      expect(wrong.rows).toEqual([])
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  it('has a way back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 9 }), (commands) => tryOrder(commands, 'back')),
      { ...runs(6), endOnFailure: true },
    )
  }, 240_000)

  it('has a way forward', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 9 }), (commands) => tryOrder(commands, 'forward')),
      { ...runs(6), endOnFailure: true },
    )
  }, 240_000)
})
