import { dropDefault, dropNotNull, setDefault, setNotNull } from '../../../src/index.ts'
import { oneColumn, type Scenario, words } from '../scenario.ts'

/** v1 still writes NULL, v2 no longer. */
export const setNotNullScenario: Scenario = {
  name: 'setNotNull, with a value for NULL',
  schema: 'create table items (id bigint primary key, name text, other text)',
  seed: (rows) =>
    `insert into items select g, case when g % 3 = 0 then null else 'name ' || g end, 'o' from generate_series(1, ${rows}) g`,
  migration: { intents: [setNotNull({ table: 'items', column: 'name', up: `'unknown'` })] },
  v1: { column: 'name', shape: 'old', value: words, nullable: true },
  v2: { column: 'name', shape: 'new', value: words, nullable: false },
  v2From: 'expanded',
  v1Ends: true,
  unique: false,
  write: oneColumn('unknown'),
  normal: (value) => value ?? 'unknown',
  exceptions: [],
}

/** v2 writes NULL as soon as it may. */
export const dropNotNullScenario: Scenario = {
  ...setNotNullScenario,
  name: 'dropNotNull',
  schema: 'create table items (id bigint primary key, name text not null, other text)',
  seed: (rows) => `insert into items select g, 'name ' || g, 'o' from generate_series(1, ${rows}) g`,
  migration: { intents: [dropNotNull({ table: 'items', column: 'name' })] },
  v1: { column: 'name', shape: 'old', value: words, nullable: false },
  v2: { column: 'name', shape: 'new', value: words, nullable: true },
  v1Ends: false,
  write: oneColumn(),
  normal: (value) => value,
  mendBack: { broken: (row) => row.new === null, value: 'no longer null' },
}

/** Nothing but the catalog changes. */
export const setDefaultScenario: Scenario = {
  ...dropNotNullScenario,
  name: 'setDefault',
  migration: { intents: [setDefault({ table: 'items', column: 'name', default: `'set'` })] },
  v2: { column: 'name', shape: 'new', value: words, nullable: false },
}

/** And back. */
export const dropDefaultScenario: Scenario = {
  ...setDefaultScenario,
  name: 'dropDefault',
  schema: `create table items (id bigint primary key, name text not null default 'set', other text)`,
  migration: { intents: [dropDefault({ table: 'items', column: 'name' })] },
}
