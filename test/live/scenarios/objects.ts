import { addIndex, createTable, rawSql } from '../../../src/index.ts'
import { oneColumn, type Scenario, words } from '../scenario.ts'

const plain: Omit<Scenario, 'name' | 'migration'> = {
  schema: 'create table items (id bigint primary key, name text, other text)',
  seed: (rows) => `insert into items select g, 'name ' || g, 'o' from generate_series(1, ${rows}) g`,
  v1: { column: 'name', shape: 'old', value: words, nullable: true },
  v2: { column: 'name', shape: 'new', value: words, nullable: true },
  v2From: 'expanded',
  v1Ends: false,
  unique: false,
  write: oneColumn(),
  exceptions: [],
}

/** A table beside. */
export const createdTable: Scenario = {
  ...plain,
  name: 'createTable, with a foreign key to the busy table',
  migration: {
    intents: [
      createTable({
        table: 'notes',
        columns: { id: { type: 'bigint' }, item: { type: 'bigint', nullable: false }, body: { type: 'text' } },
        primaryKey: ['id'],
        foreignKeys: [{ columns: ['item'], references: { table: 'items', columns: ['id'] } }],
      }),
    ],
  },
}

/** An index on a busy table. */
export const addedIndex: Scenario = {
  ...plain,
  name: 'addIndex',
  migration: { intents: [addIndex({ table: 'items', name: 'items_name', columns: ['name'] })] },
}

/** The author's own statements. */
export const rawStatements: Scenario = {
  ...plain,
  name: 'rawSql',
  migration: {
    intents: [
      rawSql({
        expand: 'create table notes (id bigint primary key, body text)',
        rollback: 'drop table if exists notes',
        reason: 'a test',
      }),
    ],
  },
}
