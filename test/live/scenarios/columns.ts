import { addColumn, dropColumn } from '../../../src/index.ts'
import { type Scenario, words } from '../scenario.ts'

/** Only v2 knows the column; rows of v1 get theirs from `up`. */
export const addedColumn: Scenario = {
  name: 'addColumn, NOT NULL',
  schema: 'create table items (id bigint primary key, other text not null)',
  seed: (rows) => `insert into items select g, 'O' || g from generate_series(1, ${rows}) g`,
  migration: {
    intents: [addColumn({ table: 'items', column: 'slug', type: 'text', nullable: false, up: `'new'` })],
  },
  v1: { column: null, shape: 'old', value: words, nullable: false },
  v2: { column: 'slug', shape: 'new', value: words, nullable: false },
  v2From: 'expanded',
  v1Ends: false,
  unique: false,
  // One-sided: a row gets its value once, and what v2 wrote stays.
  write: (row, _by, { value, other }) => {
    const rest = other ?? row?.other ?? ''
    return { old: null, new: value ?? row?.new ?? 'new', other: rest }
  },
  loses: true,
  exceptions: [],
}

/** Only v1 knows the column; rows of v2 get theirs from `down`. */
export const droppedColumn: Scenario = {
  name: 'dropColumn, NOT NULL, with what v1 reads in rows of v2',
  schema: `create table items (id bigint primary key, legacy text not null, other text); create index items_legacy on items (legacy)`,
  seed: (rows) => `insert into items select g, 'legacy ' || g, 'o' from generate_series(1, ${rows}) g`,
  migration: { intents: [dropColumn({ table: 'items', column: 'legacy', down: `'none'` })] },
  v1: { column: 'legacy', shape: 'old', value: words, nullable: false },
  v2: { column: null, shape: 'new', value: words, nullable: false },
  v2From: 'expanded',
  v1Ends: true,
  unique: false,
  write: (row, _by, { value, other }) => ({
    old: value ?? row?.old ?? 'none',
    new: null,
    other: other ?? row?.other ?? '',
  }),
  exceptions: [],
}
