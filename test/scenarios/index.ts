import {
  addCheck,
  addColumn,
  addForeignKey,
  addIndex,
  addUnique,
  changeType,
  createTable,
  dropColumn,
  dropConstraint,
  dropDefault,
  dropIndex,
  dropNotNull,
  mergeColumns,
  rawSql,
  renameColumn,
  renameConstraint,
  renameIndex,
  setComment,
  setDefault,
  setNotNull,
  splitColumn,
} from '../../src/index.ts'
import type { Scenario } from './scenario.ts'

const table = 'items'
const text = (random: () => number): string => `v${Math.floor(random() * 1e6)}`
// Case and trailing spaces are changes that a server's own comparison may not see.
const spelled = (random: () => number): string =>
  `${random() < 0.3 ? 'A' : 'a'}${Math.floor(random() * 1e6)}${random() < 0.1 ? ' ' : ''}`
const digits = (random: () => number): string => String(Math.floor(random() * 1e6))
const unique = (random: () => number): string => `${text(random)}-${random()}`
/** Both versions write the same column, whatever the migration is about. */
const bystander = { v1: 'note', v2: 'note', value: text, v2From: 'expanded', agree: () => '1 = 1' } as const
/** A rule or a type that changes under one name. */
const oneName = (column: string, value: Scenario['value']): Omit<Scenario, 'name' | 'intents'> => {
  return { ...bystander, v1: column, v2: column, value }
}

/** Two words, of which the second may be missing, and what does not come back as it was: a space at the end. */
const words = (random: () => number): string => `${text(random)}${random() < 0.7 ? ` ${text(random)}` : ' '}`
/** The first word of a status, and the rest. */
const stateOf = { postgres: "split_part(status, ' ', 1)", mysql: "substring_index(status, ' ', 1)" }
const reasonOf = {
  postgres: "nullif(substr(status, strpos(status || ' ', ' ') + 1), '')",
  mysql: "nullif(substr(status, locate(' ', concat(status, ' ')) + 1), '')",
}
const statusOf = "nullif(concat_ws(' ', state, reason), '')"
const labelOf = "concat_ws(':', coalesce(mark, ''), qty)"
const markOf = {
  postgres: "nullif(split_part(label, ':', 1), '')",
  mysql: "nullif(substring_index(label, ':', 1), '')",
}
const qtyOf = {
  postgres: "coalesce(nullif(split_part(label, ':', 2), '')::int, 0)",
  mysql: "coalesce(cast(substring_index(label, ':', -1) as signed), 0)",
}

const indexCount = {
  postgres: "select count(*) from pg_indexes where tablename = 'items' and indexname = 'raw_idx'",
  mysql:
    "select count(*) from information_schema.statistics where table_schema = database() and table_name = 'items' and index_name = 'raw_idx'",
}

/** Every migration that the suites play. One more is one more entry. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'renameColumn',
    intents: [renameColumn({ table, from: 'name', to: 'full_name' })],
    v1: 'name',
    v2: 'full_name',
    value: spelled,
    v2From: 'expanded',
    agree: ({ same }) => same('name', 'full_name'),
    renames: { from: 'name', to: 'full_name' },
    everyStatement: true,
  },
  {
    name: 'renameColumn of a column that has to be given',
    intents: [renameColumn({ table, from: 'name', to: 'full_name' })],
    before: 'alter table items alter column name drop default',
    v1: 'name',
    v2: 'full_name',
    value: spelled,
    v2From: 'expanded',
    agree: ({ same }) => same('name', 'full_name'),
    renames: { from: 'name', to: 'full_name' },
  },
  {
    name: 'renameColumn of a unique column',
    intents: [renameColumn({ table, from: 'code', to: 'sku' })],
    v1: 'code',
    v2: 'sku',
    value: unique,
    v2From: 'backfilled',
    agree: ({ same }) => same('code', 'sku'),
    renames: { from: 'code', to: 'sku' },
  },
  {
    name: 'changeType as',
    intents: [
      changeType({
        table,
        column: 'qty',
        to: { postgres: 'text', mysql: 'varchar(40)' },
        as: 'amount',
        onError: '0',
      }),
    ],
    v1: 'qty',
    v2: 'amount',
    value: digits,
    v2From: 'expanded',
    agree: (family) => family.same(family.text('qty'), 'amount'),
  },
  {
    name: 'changeType as, of a unique column',
    intents: [changeType({ table, column: 'code', to: { postgres: 'text', mysql: 'varchar(120)' }, as: 'sku' })],
    v1: 'code',
    v2: 'sku',
    value: unique,
    v2From: 'backfilled',
    agree: ({ same }) => same('code', 'sku'),
  },
  {
    name: 'changeType as, of a unique column whose values may become the same',
    intents: [
      changeType({
        table,
        column: 'code',
        to: { postgres: 'text', mysql: 'varchar(120)' },
        as: 'sku',
        up: 'upper(code)',
        down: 'sku',
      }),
    ],
    v1: 'code',
    v2: 'sku',
    value: unique,
    v2From: 'expanded',
    agree: ({ same }) => `${same('upper(code)', 'sku')} or ${same('code', 'sku')}`,
  },
  {
    name: 'changeType of text that is not always a number',
    intents: [changeType({ table, column: 'mark', to: 'int', as: 'number' })],
    v1: 'mark',
    v2: 'number',
    value: (random) => (random() < 0.2 ? 'none' : digits(random)),
    v2Value: digits,
    raises: { value: 'none', mended: '0' },
    v2From: 'expanded',
    agree: (family) =>
      `case when mark = 'none' then number is null else ${family.same('mark', family.text('number'))} end`,
  },
  {
    name: 'changeType under the same name',
    intents: [changeType({ table, column: 'total', to: 'bigint' })],
    ...oneName('total', digits),
  },
  {
    name: 'addColumn with up',
    intents: [
      addColumn({
        table,
        column: 'slug',
        type: { postgres: 'text', mysql: 'varchar(60)' },
        nullable: false,
        up: "lower(coalesce(name, ''))",
        default: "''",
      }),
    ],
    v1: 'name',
    v2: 'slug',
    value: text,
    v2From: 'expanded',
    agree: () => 'slug is not null or name is null',
    lossy: true,
    takenOnce: true,
  },
  {
    name: 'addColumn with a volatile default',
    intents: [
      addColumn({
        table,
        column: 'token',
        type: { postgres: 'uuid', mysql: 'char(36)' },
        nullable: false,
        default: { postgres: 'gen_random_uuid()', mysql: '(uuid())' },
      }),
    ],
    ...bystander,
    lossy: true,
  },
  {
    name: 'addColumn of a name that MySQL cannot drop in its catalog',
    intents: [addColumn({ table, column: 'é'.repeat(60), type: 'int' })],
    ...bystander,
    lossy: true,
    only: { family: 'mysql', because: 'on PostgreSQL no name is so long' },
  },
  {
    name: 'dropColumn with down',
    intents: [dropColumn({ table, column: 'qty', down: '0' })],
    v1: 'qty',
    v2: null,
    value: digits,
    v2From: 'expanded',
    agree: () => 'qty is not null',
  },
  {
    name: 'splitColumn',
    intents: [
      splitColumn({
        table,
        column: 'status',
        into: {
          state: { type: { postgres: 'text', mysql: 'varchar(60)' }, up: stateOf },
          reason: { type: { postgres: 'text', mysql: 'varchar(60)' }, up: reasonOf },
        },
        down: statusOf,
      }),
    ],
    v1: 'status',
    v2: 'state',
    value: words,
    v2Value: text,
    v2From: 'expanded',
    agree: ({ same, name }) =>
      `(${same('state', stateOf[name])} and ${same('reason', reasonOf[name])}) or ${same('status', statusOf)}`,
  },
  {
    name: 'mergeColumns',
    intents: [
      mergeColumns({
        table,
        columns: ['mark', 'qty'],
        into: 'label',
        type: { postgres: 'text', mysql: 'varchar(80)' },
        up: labelOf,
        down: { mark: markOf, qty: qtyOf },
        onError: { qty: '-1' },
      }),
    ],
    v1: 'qty',
    v2: 'label',
    value: digits,
    v2Value: (random) => `${text(random)}:${digits(random)}`,
    v2From: 'expanded',
    agree: ({ same, text: asText, name }) =>
      `${same('label', labelOf)} or (${same('mark', markOf[name])} and ${same(asText('qty'), asText(qtyOf[name]))})`,
  },
  {
    name: 'setNotNull',
    intents: [setNotNull({ table, column: 'note', up: "'none'" })],
    ...oneName('note', text),
  },
  { name: 'dropNotNull', intents: [dropNotNull({ table, column: 'total' })], ...oneName('total', digits) },
  { name: 'setDefault', intents: [setDefault({ table, column: 'note', default: "'x'" })], ...oneName('note', text) },
  { name: 'dropDefault', intents: [dropDefault({ table, column: 'status' })], ...oneName('status', text) },
  {
    name: 'setComment',
    intents: [
      setComment({ table, column: 'name', comment: "what it's called \\ now" }),
      setComment({ table, column: 'id', comment: 'counts' }),
      setComment({ table, comment: 'what is sold' }),
    ],
    ...oneName('name', spelled),
  },
  {
    name: 'createTable',
    intents: [
      createTable({
        table: 'tags',
        columns: {
          id: { type: 'bigint', nullable: false, identity: true },
          order: { type: { postgres: 'bigint', mysql: 'bigint unsigned' } },
        },
        primaryKey: ['id'],
        foreignKeys: [{ columns: ['order'], references: { table, columns: ['id'] } }],
        like: table,
      }),
    ],
    ...bystander,
  },
  {
    name: 'addIndex',
    intents: [addIndex({ table, name: 'items_qty_id_idx', columns: ['qty', 'id'] })],
    ...oneName('qty', digits),
  },
  { name: 'dropIndex', intents: [dropIndex({ table, name: 'items_qty_idx' })], ...oneName('qty', digits) },
  {
    name: 'dropIndex of a unique one',
    intents: [dropIndex({ table, name: 'items_code_once' })],
    before: 'create unique index items_code_once on items (code, id)',
    ...oneName('code', unique),
  },
  {
    name: 'renameIndex',
    intents: [renameIndex({ table, name: 'items_qty_idx', to: 'items_by_qty' })],
    ...oneName('qty', digits),
  },
  {
    name: 'dropConstraint of a unique one',
    intents: [dropConstraint({ table, name: 'items_code_key' })],
    ...oneName('code', unique),
  },
  {
    name: 'dropConstraint of a CHECK and of a foreign key',
    intents: [
      dropConstraint({ table, name: 'items_total_check' }),
      dropConstraint({ table, name: 'items_customer_fkey' }),
    ],
    ...oneName('total', digits),
    only: { family: 'postgres', because: 'on MySQL and MariaDB they could not come back while others write' },
  },
  {
    name: 'renameConstraint',
    intents: [renameConstraint({ table, name: 'items_code_key', to: 'items_code_once' })],
    ...oneName('code', unique),
  },
  {
    name: 'addCheck',
    intents: [addCheck({ table, name: 'items_note_kind', check: "note <> 'wrong'" })],
    accept: [{ id: 'check-stops-writers', reason: 'test' }],
    ...oneName('note', (random) => (random() < 0.2 ? 'wrong' : text(random))),
    v2Value: text,
    violates: { value: 'wrong', mended: 'right' },
  },
  {
    name: 'addForeignKey',
    intents: [
      addForeignKey({
        table,
        name: 'items_qty_of_customer',
        columns: ['qty'],
        references: { table: 'customers', columns: ['id'] },
        onDelete: 'cascade',
      }),
    ],
    before: 'update items set qty = 1 + id % 20',
    ...oneName('qty', (random) => (random() < 0.2 ? '99' : String(1 + Math.floor(random() * 20)))),
    v2Value: (random) => String(1 + Math.floor(random() * 20)),
    violates: { value: '99', mended: '1' },
  },
  {
    name: 'addUnique',
    intents: [addUnique({ table, name: 'items_note_id_key', columns: ['note', 'id'] })],
    ...oneName('note', text),
  },
  {
    name: 'rawSql',
    intents: [
      rawSql({
        expand: {
          postgres: 'create table raw_one (id int); insert into raw_one values (1)',
          mysql: 'create table if not exists raw_one (id int primary key); insert into raw_one values (1)',
        },
        backfill: 'update raw_one set id = id + 1',
        rollback: 'drop table if exists raw_one',
        reason: 'test',
      }),
    ],
    ...bystander,
  },
  {
    name: 'rawSql that says itself whether it is done',
    intents: [
      rawSql({
        expand: {
          postgres: 'create index concurrently raw_idx on items (qty)',
          mysql: 'alter table items add index raw_idx (qty), lock=none',
        },
        rollback: {
          postgres: 'drop index concurrently raw_idx',
          mysql: 'alter table items drop index raw_idx, lock=none',
        },
        probe: {
          expand: indexCount,
          rollback: { postgres: `select 0 = (${indexCount.postgres})`, mysql: `select 0 = (${indexCount.mysql})` },
        },
        reason: 'test',
      }),
    ],
    ...bystander,
  },
]
