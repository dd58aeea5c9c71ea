import { renameColumn } from '../../../src/index.ts'
import { type Scenario, twoWay, words } from '../scenario.ts'

const same = (value: string | null): string | null => value

/** The plainest of all. */
export const renameNullable: Scenario = {
  name: 'renameColumn, a nullable column',
  schema: 'create table items (id bigint primary key, name text, other text)',
  seed: (rows) =>
    `insert into items select g, case when g % 7 = 0 then null else 'name ' || g end, 'o' from generate_series(1, ${rows}) g`,
  migration: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] },
  v1: { column: 'name', shape: 'old', value: words, nullable: true },
  v2: { column: 'full_name', shape: 'new', value: words, nullable: true },
  v2From: 'expanded',
  v1Ends: true,
  unique: false,
  write: twoWay(same, same),
  exceptions: [],
}

/** With everything that hangs on a column. */
export const renameUnique: Scenario = {
  ...renameNullable,
  name: 'renameColumn, NOT NULL, unique, with default, index, check and view',
  schema: `create table items (id bigint primary key, name varchar(200) collate "C" not null default 'nobody' unique check (name <> ''), other text);
    create index items_lower on items (lower(name)) where name is not null;
    comment on column items.name is 'what it is called';
    alter table items alter name set statistics 300;
    create view named as select id, name from items where name like 'name%'`,
  seed: (rows) => `insert into items select g, 'name ' || g, 'o' from generate_series(1, ${rows}) g`,
  v1: { column: 'name', shape: 'old', value: words, nullable: false },
  v2: { column: 'full_name', shape: 'new', value: words, nullable: false },
  v2From: 'backfilled',
  unique: true,
}
