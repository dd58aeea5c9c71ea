import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  dropColumn,
  type MigrationDefinition,
  renameColumn,
  setNotNull,
} from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { type NameStyle, nameStyles } from './names.ts'
import { openPlace, type Place } from './setup.ts'

const quote = pg.escapeIdentifier

/** Every name that a migration can hold, in one style. */
function naming({ name }: NameStyle) {
  return {
    schema: name('a'),
    table: name('b'),
    key: name('c'),
    renamed: name('d'),
    renamedTo: name('e'),
    widened: name('f'),
    typed: name('g'),
    typedTo: name('h'),
    added: name('i'),
    source: name('j'),
    dropped: name('k'),
    required: name('l'),
    index: name('m'),
    unique: name('n'),
    check: name('o'),
    oldIndex: name('p'),
    migration: name('q'),
    other: name('r'),
  }
}

type Names = ReturnType<typeof naming>

const schemaOf = (n: Names): string => `
create schema ${quote(n.schema)};
create table ${quote(n.schema)}.${quote(n.table)} (
  ${quote(n.key)} int generated always as identity primary key,
  ${quote(n.renamed)} text constraint ${quote(n.unique)} unique,
  ${quote(n.widened)} int constraint ${quote(n.check)} check (${quote(n.widened)} >= 0),
  ${quote(n.typed)} text,
  ${quote(n.source)} text,
  ${quote(n.dropped)} text not null,
  ${quote(n.required)} text);
create index ${quote(n.oldIndex)} on ${quote(n.schema)}.${quote(n.table)} (${quote(n.widened)}, lower(${quote(n.source)}));
insert into ${quote(n.schema)}.${quote(n.table)} (${[n.renamed, n.widened, n.typed, n.source, n.dropped, n.required].map(quote).join(', ')})
  select 'row ' || i, i, i::text, 'SRC' || i, 'd', nullif('r' || i, 'r3') from generate_series(1, 5) i;
create table ${quote(n.schema)}.${quote(n.other)} (id int primary key)`

function migrationOf(n: Names): MigrationDefinition {
  const table = `${n.schema}.${n.table}`
  const source = quote(n.source)
  return {
    intents: [
      renameColumn({ table, from: n.renamed, to: n.renamedTo }),
      changeType({ table, column: n.widened, to: 'bigint' }),
      changeType({ table, column: n.typed, to: 'integer', as: n.typedTo }),
      addColumn({ table, column: n.added, type: 'text', nullable: false, up: `'up: ' || coalesce(${source}, '-')` }),
      dropColumn({ table, column: n.dropped, down: `'down: ' || coalesce(${source}, '-')` }),
      setNotNull({ table, column: n.required, up: `coalesce(${source}, 'none')` }),
      addIndex({
        table,
        name: n.index,
        columns: [n.source, { expression: `upper(${source})` }],
        where: `${source} <> ''`,
        include: [n.key],
      }),
    ],
  }
}

/** One row as an app version writes and reads it. */
interface App {
  insert(values: Readonly<Record<string, unknown>>): Promise<number>
  read(key: number, columns: readonly string[]): Promise<readonly unknown[]>
}

function appOn(client: pg.Client, n: Names): App {
  const table = `${quote(n.schema)}.${quote(n.table)}`
  return {
    insert: async (values) => {
      const columns = Object.keys(values).map(quote).join(', ')
      const places = Object.keys(values).map((_, index) => `$${index + 1}`)
      const { rows } = await client.query<{ key: number }>(
        `insert into ${table} (${columns}) values (${places.join(', ')}) returning ${quote(n.key)} as key`,
        Object.values(values),
      )
      return rows[0]?.key ?? 0
    },
    read: async (key, columns) => {
      const { rows } = await client.query<unknown[]>({
        text: `select ${columns.map(quote).join(', ')} from ${table} where ${quote(n.key)} = $1`,
        values: [key],
        rowMode: 'array',
      })
      return rows[0] ?? []
    },
  }
}

const shapes = (n: Names) => ({
  old: [n.renamed, n.widened, n.typed, n.dropped, n.required],
  new: [n.renamedTo, n.widened, n.typedTo, n.added, n.required],
})

let place: Place | undefined
afterEach(async () => {
  await place?.close()
  place = undefined
})

describeEachServer('names', (server) => {
  describe.each(nameStyles)('with $title', (style) => {
    const n = naming(style)
    const { old, new: fresh } = shapes(n)

    it('go through all phases and back, with what both versions write', async () => {
      place = await openPlace(server, schemaOf(n))
      const { client } = place
      const migrator = place.migrator({ [n.migration]: migrationOf(n) })
      const app = appOn(client, n)
      const asOld = (text: string, number: number) =>
        app.insert({ [n.renamed]: text, [n.widened]: number, [n.typed]: String(number), [n.dropped]: 'd' })
      const asNew = (text: string, number: number) =>
        app.insert({
          [n.renamedTo]: text,
          [n.widened]: number,
          [n.typedTo]: number,
          [n.added]: 'given',
          [n.source]: 'S',
          [n.required]: 'r',
        })
      const before = await canonicalCatalog(client)

      await migrator.expand()
      const first = await asOld('v1 in expanded', 101)
      const second = await asNew('v2 in expanded', 102)
      expect(await app.read(first, fresh)).toEqual(['v1 in expanded', 101, 101, 'up: -', 'none'])
      expect(await app.read(second, old)).toEqual(['v2 in expanded', 102, '102', 'down: S', 'r'])
      await migrator.rollback({ acceptLoss: true, reason: 'a test', quietPeriod: 0 })
      expect(await canonicalCatalog(client)).toBe(before)
      expect(await app.read(second, old)).toEqual(['v2 in expanded', 102, '102', 'down: S', 'r'])

      await migrator.expand()
      await migrator.backfill()
      const backfilled = await canonicalCatalog(client)
      expect(await app.read(3, fresh)).toEqual(['row 3', 3, 3, 'up: SRC3', 'SRC3'])
      const raising = await asOld('cannot be an integer', 103)
      await client.query(
        `update ${quote(n.schema)}.${quote(n.table)} set ${quote(n.typed)} = 'one' where ${quote(n.key)} = $1`,
        [raising],
      )
      expect(await app.read(raising, [n.typedTo])).toEqual([null])
      const failures = await client.query(
        'select key, target, code from bellows.conversion_failures where resolved_at is null',
      )
      expect(failures.rows).toEqual([
        { key: JSON.stringify({ [n.key]: raising }).replace(':', ': '), target: n.typedTo, code: '22P02' },
      ])
      await expect(migrator.contract()).rejects.toMatchObject({ exitCode: 5 })
      await client.query(
        `update ${quote(n.schema)}.${quote(n.table)} set ${quote(n.typedTo)} = 103 where ${quote(n.key)} = $1`,
        [raising],
      )

      await migrator.contract()
      const third = await asNew('v2 in contracted', 104)
      expect((await migrator.verify()).migrations).toMatchObject([{ ok: true }])
      await migrator.rollback()
      expect(await canonicalCatalog(client)).toBe(backfilled)
      expect(await app.read(third, old)).toEqual(['v2 in contracted', 104, '104', 'down: S', 'r'])
      expect(await app.read(raising, old)).toEqual(['cannot be an integer', 103, '103', 'd', 'none'])

      await migrator.contract()
      await migrator.purge({ ignoreRetention: true })
      expect(await app.read(first, fresh)).toEqual(['v1 in expanded', '101', 101, 'up: -', 'none'])
      expect(await app.read(third, fresh)).toEqual(['v2 in contracted', '104', 104, 'given', 'r'])
      const after = await canonicalCatalog(client)
      expect(after).not.toMatch(/bellows_[a-z]_[0-9a-f]{8}|~bellows_sync/)
      for (const kept of [n.renamedTo, n.typedTo, n.unique, n.check, n.oldIndex, n.index]) {
        const { rows } = await client.query<{ count: number }>(
          `select (select count(*) from pg_class where relname = $1)::int + (select count(*) from pg_attribute where attname = $1)::int
             + (select count(*) from pg_constraint where conname = $1)::int as count`,
          [kept],
        )
        expect(rows[0]?.count, kept).toBeGreaterThan(0)
      }
    })
  })
})
