import type { Compared } from '../engine.ts'
import type { Rows } from '../messages.ts'
import { controlDatabase, databaseUrl, shopDatabase } from '../shop.ts'
import { query } from './database.ts'

const schema = [
  'create table customers (id bigint auto_increment primary key, name varchar(100) not null, email varchar(100) not null, city varchar(50) not null, created_at timestamp not null default current_timestamp)',
  "create table orders (id bigint auto_increment primary key, customer_id bigint not null, total_cents int not null, status varchar(20) not null default 'open')",
  // What both versions wrote, kept by them in the same transaction: no migration touches these two tables.
  'create table expected_names (id bigint primary key, value varchar(100) not null)',
  'create table expected_totals (id bigint primary key, value int not null)',
] as const

/** Functions of the id, so that at the end every row can be compared with what it was at the start. */
const seeded = { name: (id: string) => `concat('Customer ', ${id})`, total: (id: string) => `100 + ${id} * 37 % 90000` }

/** The numbers from 1 to `last`: neither engine has a series of numbers that the other one has too. */
const upTo = (last: number): string =>
  `(select 1 + a.n + 1000 * b.n as id from numbers a join numbers b on b.n <= ${Math.floor(last / 1000)}) s where id <= ${last} order by id`

const data = ({ customers, orders }: Rows): readonly string[] => [
  'create table numbers (n int primary key)',
  `insert into numbers values ${Array.from({ length: 1000 }, (_, n) => `(${n})`).join(', ')}`,
  `insert into customers (id, name, email, city) select id, ${seeded.name('id')}, concat('c', id, '@shop.example'), 'Oslo' from ${upTo(customers)}`,
  `insert into orders (id, customer_id, total_cents) select id, 1 + id * 7919 % ${customers}, ${seeded.total('id')} from ${upTo(orders)}`,
  'drop table numbers',
]

/** After the rows: building an index is quicker than keeping it. */
const indexes = [
  'alter table customers add unique index customers_email (email), add index customers_name (name)',
  'alter table orders add index orders_customer (customer_id)',
  // The rows are right, and looking at them again would be a copy of the table.
  'set foreign_key_checks = 0',
  'alter table orders add constraint orders_customer_id foreign key (customer_id) references customers (id)',
  'analyze table customers, orders',
] as const

/** Makes the shop and its copy, both at once. */
export async function seed(serverUrl: string, rows: Rows): Promise<void> {
  await Promise.all(
    [shopDatabase, controlDatabase].map(async (name) => {
      await query(serverUrl, `create database ${name} character set utf8mb4`)
      await query(databaseUrl(serverUrl, name), ...schema, ...data(rows), ...indexes)
    }),
  )
}

/** Compares every row with what was written into it last, or else with what it was at the start; by bytes, not by a collation. */
export async function differences(url: string, rows: Rows): Promise<Compared> {
  const compare = (table: string, column: string, expected: string, was: string, last: number): Promise<Counted> =>
    query<Counts>(
      url,
      `select count(*) as compared, coalesce(sum(not (cast(t.${column} as binary) <=> cast(coalesce(e.value, ${was}) as binary))), 0) as different from ${table} t left join ${expected} e on e.id = t.id where t.id <= ${last}`,
    )
  const [names] = await compare('customers', 'full_name', 'expected_names', seeded.name('t.id'), rows.customers)
  const [totals] = await compare('orders', 'total_cents', 'expected_totals', seeded.total('t.id'), rows.orders)
  const sum = (of: keyof Counts): number => Number(names?.[of] ?? 0) + Number(totals?.[of] ?? 0)
  const missing = rows.customers + rows.orders - sum('compared')
  return { compared: sum('compared'), different: sum('different') + missing }
}

interface Counts {
  readonly compared: number | string
  readonly different: number | string
}

type Counted = readonly Counts[]
