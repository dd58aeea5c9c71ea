import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Intent, Migrator } from '../../../src/index.ts'
import {
  addColumn,
  addIndex,
  changeType,
  createTable,
  dropColumn,
  dropNotNull,
  renameColumn,
  setDefault,
  setNotNull,
} from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { failureOf, leftBehind, openPlace, type Place } from './setup.ts'

const schema = `
create table plain (id int primary key, note text, qty int not null, made int generated always as (qty * 2) stored);
create table child (id int primary key, plain int references plain (id));
create index plain_note on plain (note);
create view looked as select id, note from plain;
create materialized view kept as select id, note from plain;
create table parted (id int, note text, at date not null, primary key (id, at)) partition by range (at);
create table parted_1 partition of parted for values from ('2026-01-01') to ('2027-01-01');
create table base (id int primary key, note text);
create table derived (more int) inherits (base);
create table keyless (id int, note text);
create table nullable_key (id int unique, note text);
create table excluded (id int primary key, span int4range, exclude using gist (span with &&));
create table forced (id int primary key, note text);
alter table forced enable row level security; alter table forced force row level security;
create sequence counted; create table serials (id int primary key, n int not null default nextval('counted'));
create table owners (id int primary key, n int not null); create sequence owned owned by owners.n;
create type shape as (id int, note text); create table typed of shape (primary key (id));
insert into plain values (1, 'one', 1)`

interface Case {
  readonly title: string
  readonly intent: Intent
  /** What the message has to name, so that the reader knows where to look. */
  readonly says: RegExp
  /** Only the server can say no, inside the step: the migration is then `expanding`, and rollback takes it to pending. */
  readonly late?: true
}

const column = (table: string, name = 'note'): Intent => renameColumn({ table, from: name, to: 'memo' })

const cases: readonly Case[] = [
  { title: 'a table that is not there', intent: column('nowhere'), says: /nowhere.*schema\.name/s },
  { title: 'a schema that is not there', intent: column('no_schema.plain'), says: /no_schema\.plain/ },
  { title: 'a table in another case', intent: column('Plain'), says: /Plain.*exactly as it is spelled/s },
  {
    title: 'a column that is not there',
    intent: column('plain', 'nothing'),
    says: /nothing.*plain.*It has: id, note/s,
  },
  { title: 'a column in another case', intent: column('plain', 'NOTE'), says: /NOTE.*It has: id, note/s },
  { title: 'a system column', intent: column('plain', 'ctid'), says: /ctid/ },
  { title: 'a target that is there', intent: renameColumn({ table: 'plain', from: 'note', to: 'qty' }), says: /qty/ },
  {
    title: 'a target of a system column',
    intent: renameColumn({ table: 'plain', from: 'note', to: 'ctid' }),
    says: /ctid/,
  },
  {
    title: 'a new name that is too long',
    intent: renameColumn({ table: 'plain', from: 'note', to: 'x'.repeat(64) }),
    says: /63 bytes/,
  },
  { title: 'a view', intent: column('looked'), says: /looked.*view/ },
  { title: 'a materialized view', intent: column('kept'), says: /kept/ },
  { title: 'a partitioned table', intent: column('parted'), says: /parted.*partitioned/ },
  { title: 'a partition', intent: column('parted_1'), says: /parted_1.*partition/ },
  { title: 'a table with heirs', intent: column('base'), says: /base.*inherited/ },
  { title: 'an heir', intent: column('derived'), says: /derived.*inherited/ },
  { title: 'a typed table', intent: column('typed'), says: /typed.*type public\.shape/ },
  {
    title: 'a new column of a typed table',
    intent: addColumn({ table: 'typed', column: 'x', type: 'int' }),
    says: /typed.*type public\.shape/,
  },
  {
    title: 'a typed table that loses a column',
    intent: dropColumn({ table: 'typed', column: 'note' }),
    says: /typed.*type public\.shape/,
  },
  {
    title: 'a NOT NULL column whose default may be NULL',
    intent: addColumn({ table: 'plain', column: 'x', type: 'int', nullable: false, default: 'nullif(1, 1)' }),
    says: /plain\.x can give NULL/,
  },
  { title: 'a system table', intent: column('pg_catalog.pg_class', 'relname'), says: /pg_class/ },
  { title: 'a generated column', intent: column('plain', 'made'), says: /made.*generated/ },
  {
    title: 'a new column that reads a generated one',
    intent: addColumn({ table: 'plain', column: 'x', type: 'int', up: 'made + 1' }),
    says: /addColumn\.up reads public\.plain\.made.*generated/,
  },
  {
    title: 'a change of type that reads a generated column',
    intent: changeType({ table: 'plain', column: 'note', to: 'int', up: 'made', down: 'note::text' }),
    says: /up reads public\.plain\.made.*generated/,
  },
  { title: 'a table without a key', intent: column('keyless'), says: /keyless.*primary key/s },
  { title: 'a table with a key that may be NULL', intent: column('nullable_key'), says: /nullable_key.*NOT NULL/s },
  { title: 'row security that is forced', intent: column('forced'), says: /forced.*row security.*BYPASSRLS/s },
  {
    title: 'another type for a primary key',
    intent: changeType({ table: 'plain', column: 'id', to: 'bigint' }),
    says: /primary key/,
  },
  {
    title: 'another type for a serial',
    intent: changeType({ table: 'serials', column: 'n', to: 'bigint' }),
    says: /sequence/,
  },
  {
    title: 'another type for a column that owns a sequence',
    intent: changeType({ table: 'owners', column: 'n', to: 'bigint' }),
    says: /owners.n owns sequence public.owned/,
  },
  {
    title: 'another type under an exclusion constraint',
    intent: changeType({ table: 'excluded', column: 'span', to: 'text' }),
    says: /exclusion/,
  },
  {
    title: 'another type that a foreign key cannot have',
    intent: changeType({ table: 'child', column: 'plain', to: 'text' }),
    says: /foreign key/,
  },
  {
    title: 'a type that is not there',
    intent: changeType({ table: 'plain', column: 'note', to: 'no_such_type' }),
    says: /no_such_type/,
  },
  {
    title: 'a new column of a type that is not there',
    intent: addColumn({ table: 'plain', column: 'x', type: 'no_such_type' }),
    says: /no_such_type/,
    late: true,
  },
  {
    title: 'a type to which nothing leads',
    intent: changeType({ table: 'plain', column: 'qty', to: 'json' }),
    says: /integer.*json/,
  },
  {
    title: 'an up that calls what is not there',
    intent: addColumn({ table: 'plain', column: 'x', type: 'text', up: 'no_such_function(note)' }),
    says: /no_such_function/,
  },
  {
    title: 'a default of a type that does not fit',
    intent: addColumn({ table: 'plain', column: 'x', type: 'int', default: "'many'" }),
    says: /plain\.x.*many/,
  },
  {
    title: 'a default for a column of another type',
    intent: setDefault({ table: 'plain', column: 'qty', default: "'many'" }),
    says: /plain\.qty.*many/,
  },
  {
    title: 'an expression of another type as a default',
    intent: setDefault({ table: 'plain', column: 'qty', default: 'now()' }),
    says: /plain\.qty.*integer/,
  },
  {
    title: 'an added column that is there',
    intent: addColumn({ table: 'plain', column: 'note', type: 'text' }),
    says: /note/,
  },
  { title: 'a primary key that is to go', intent: dropColumn({ table: 'plain', column: 'id' }), says: /primary key/ },
  {
    title: 'NOT NULL that is there already',
    intent: setNotNull({ table: 'plain', column: 'qty' }),
    says: /qty.*already/,
  },
  {
    title: 'NOT NULL that is gone already',
    intent: dropNotNull({ table: 'plain', column: 'note' }),
    says: /note.*already/,
  },
  { title: 'a nullable primary key', intent: dropNotNull({ table: 'plain', column: 'id' }), says: /primary key/ },
  {
    title: 'an index that is there',
    intent: addIndex({ table: 'plain', name: 'plain_note', columns: ['note'] }),
    says: /plain_note/,
  },
  {
    title: 'an index that has the name of a table',
    intent: addIndex({ table: 'plain', name: 'child', columns: ['note'] }),
    says: /child/,
  },
  {
    title: 'an index on a column that is not there',
    intent: addIndex({ table: 'plain', name: 'x', columns: ['nothing'] }),
    says: /nothing/,
  },
  { title: 'an index on a view', intent: addIndex({ table: 'looked', name: 'x', columns: ['note'] }), says: /looked/ },
  {
    title: 'a table that is there',
    intent: createTable({ table: 'plain', columns: { id: { type: 'int' } } }),
    says: /plain/,
  },
  {
    title: 'a table with the name of a view',
    intent: createTable({ table: 'looked', columns: { id: { type: 'int' } } }),
    says: /looked/,
  },
  {
    title: 'a table in no schema',
    intent: createTable({ table: 'no_schema.x', columns: { id: { type: 'int' } } }),
    says: /no_schema/,
    late: true,
  },
  {
    title: 'a table with the name of a sequence',
    intent: createTable({ table: 'counted', columns: { id: { type: 'int' } } }),
    says: /counted/,
    late: true,
  },
]

describeEachServer('what cannot be done to a table', (server) => {
  let place: Place
  let before: string
  beforeAll(async () => {
    place = await openPlace(server, schema)
    before = await canonicalCatalog(place.client)
  })
  afterAll(() => place.close())

  it.each(cases.filter(({ late }) => late !== true))(
    '$title: exit 3, says what, and leaves nothing behind',
    async ({ intent, says }) => {
      const migrator = place.migrator({ refused: { intents: [intent] } })
      try {
        const expand = await failureOf(migrator.expand())
        const text = `${expand.message} ${expand.hint ?? ''}`
        expect({ exit: expand.exitCode, text }).toEqual({ exit: 3, text: expect.stringMatching(says) })
        expect(await canonicalCatalog(place.client)).toBe(before)
        expect(await leftBehind(place.client)).toEqual({})
      } finally {
        await startClean(migrator)
      }
    },
  )

  it.each(cases.filter(({ late }) => late === true))(
    '$title: exit 3 from the server, nothing half done, and rollback leads back to pending',
    async ({ intent, says }) => {
      const migrator = place.migrator({ refused: { intents: [intent] } })
      try {
        const expand = await failureOf(migrator.expand())
        expect(expand).toMatchObject({ exitCode: 3, message: expect.stringMatching(says) })
        expect(await canonicalCatalog(place.client)).toBe(before)
        expect((await migrator.status()).migrations).toMatchObject([{ state: 'expanding' }])
        expect((await migrator.history()).steps.at(-1)).toMatchObject({ state: 'failed', error: expand.message })
        await migrator.rollback()
        expect((await migrator.status()).migrations).toMatchObject([{ state: 'pending' }])
        expect(await canonicalCatalog(place.client)).toBe(before)
      } finally {
        await startClean(migrator)
      }
    },
  )

  it('NULL is no default of a NOT NULL column: exit 2', async () => {
    const intent = addColumn({ table: 'plain', column: 'x', type: 'int', nullable: false, default: 'null::int' })
    const migrator = place.migrator({ refused: { intents: [intent] } })
    expect(await failureOf(migrator.plan())).toMatchObject({ exitCode: 2, code: 'migration.not-null' })
  })

  const startClean = async (migrator: Migrator): Promise<void> => {
    const forget = { acceptLoss: true, reason: 'so that the next case starts clean', quietPeriod: 0 }
    await migrator.rollback(forget).catch(() => undefined)
    await migrator.close()
    await place.client.query('drop schema if exists bellows cascade')
  }
})
