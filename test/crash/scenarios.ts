import {
  addColumn,
  addIndex,
  changeType,
  createTable,
  dropColumn,
  dropDefault,
  dropNotNull,
  type Intent,
  rawSql,
  renameColumn,
  setDefault,
  setNotNull,
} from '../../src/index.ts'

/** A migration whose runner is killed at every statement. */
export interface CrashScenario {
  readonly name: string
  readonly intents: readonly Intent[]
}

/** One schema for all: keys, a unique index, an expression index, a check, a foreign key, a view. */
export const schema = `
create table customers (id int primary key);
insert into customers select generate_series(1, 20);
create table orders (
  id int generated always as identity primary key,
  customer int not null references customers (id),
  total int not null default 5 check (total >= 0),
  code varchar(20) constraint orders_code_key unique,
  note text,
  status text default 'new',
  qty int
);
create index orders_total_idx on orders (total desc, id) include (note) where total > 1;
create index orders_code_idx on orders (lower(code));
create view big_orders as select id, total from orders where total > 10;
insert into orders (customer, total, code, note, qty)
  select i % 20 + 1, i, 'c' || i, nullif('n' || i, 'n7'), i % 9 from generate_series(1, 300) i;
`

const table = 'orders'

export const scenarios: readonly CrashScenario[] = [
  { name: 'renameColumn', intents: [renameColumn({ table, from: 'code', to: 'sku' })] },
  { name: 'changeType', intents: [changeType({ table, column: 'total', to: 'bigint' })] },
  { name: 'changeType as', intents: [changeType({ table, column: 'code', to: 'text', as: 'sku' })] },
  {
    name: 'addColumn with up',
    intents: [
      addColumn({
        table,
        column: 'slug',
        type: 'text',
        nullable: false,
        up: "lower(coalesce(code, ''))",
        default: "''",
      }),
    ],
  },
  {
    name: 'addColumn with a volatile default',
    intents: [addColumn({ table, column: 'token', type: 'uuid', nullable: false, default: 'gen_random_uuid()' })],
  },
  { name: 'dropColumn', intents: [dropColumn({ table, column: 'qty', down: '0' })] },
  { name: 'setNotNull', intents: [setNotNull({ table, column: 'note', up: "'none'" })] },
  { name: 'dropNotNull', intents: [dropNotNull({ table, column: 'total' })] },
  { name: 'setDefault', intents: [setDefault({ table, column: 'note', default: "'x'" })] },
  { name: 'dropDefault', intents: [dropDefault({ table, column: 'status' })] },
  {
    name: 'createTable',
    intents: [
      createTable({
        table: 'tags',
        columns: { id: { type: 'bigint', nullable: false, identity: true }, order: { type: 'int' } },
        primaryKey: ['id'],
        foreignKeys: [{ columns: ['order'], references: { table, columns: ['id'] } }],
        like: table,
      }),
    ],
  },
  { name: 'addIndex', intents: [addIndex({ table, name: 'orders_qty_idx', columns: ['qty', 'id'] })] },
  {
    name: 'rawSql',
    intents: [
      rawSql({
        expand: 'create table raw_one (a int); insert into raw_one values (1)',
        rollback: 'drop table raw_one',
        reason: 'test',
      }),
    ],
  },
]
