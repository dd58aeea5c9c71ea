import type { Compared } from '../engine.ts'
import type { Rows } from '../messages.ts'
import { controlDatabase, databaseUrl, shopDatabase } from '../shop.ts'
import { query } from './database.ts'

const schema = [
  'create table customers (id bigint generated always as identity primary key, name text not null, email text not null, city text not null, created_at timestamptz not null default now())',
  "create table orders (id bigint generated always as identity primary key, customer_id bigint not null, total_cents integer not null, status text not null default 'open')",
  // What both versions wrote, kept by them in the same transaction: no migration touches these two tables.
  'create table expected_names (id bigint primary key, value text not null)',
  'create table expected_totals (id bigint primary key, value integer not null)',
] as const

/** Functions of the id, so that at the end every row can be compared with what it was at the start. */
const seeded = { name: "'Customer ' || id", total: '100 + id * 37 % 90000' } as const

const data = ({ customers, orders }: Rows): readonly string[] => [
  `insert into customers (name, email, city) select ${seeded.name}, 'c' || id || '@shop.example', 'Oslo' from generate_series(1, ${customers}) id`,
  `insert into orders (customer_id, total_cents) select 1 + id * 7919 % ${customers}, ${seeded.total} from generate_series(1, ${orders}) id`,
]

/** After the rows: building an index is quicker than keeping it. */
const indexes = [
  'alter table customers add constraint customers_email unique (email)',
  'create index customers_name on customers (name)',
  'create index orders_customer on orders (customer_id)',
  'alter table orders add foreign key (customer_id) references customers',
  'analyze',
] as const

/** Makes the shop and its copy. */
export async function seed(serverUrl: string, rows: Rows): Promise<void> {
  await query(serverUrl, `create database ${shopDatabase}`)
  await query(databaseUrl(serverUrl, shopDatabase), ...schema, ...data(rows), ...indexes)
  await query(serverUrl, `create database ${controlDatabase} template ${shopDatabase}`)
}

/** Compares every row with what was written into it last, or else with what it was at the start. */
export async function differences(url: string, rows: Rows): Promise<Compared> {
  const [names] = await query<Counts>(
    url,
    `select count(*) as compared, count(*) filter (where full_name is distinct from coalesce(value, ${seeded.name})) as different from customers left join expected_names using (id) where id <= ${rows.customers}`,
  )
  const [totals] = await query<Counts>(
    url,
    `select count(*) as compared, count(*) filter (where total_cents is distinct from coalesce(value, ${seeded.total})) as different from orders left join expected_totals using (id) where id <= ${rows.orders}`,
  )
  const all = [names, totals]
  const sum = (of: keyof Counts): number => all.reduce((total, each) => total + Number(each?.[of] ?? 0), 0)
  const missing = rows.customers + rows.orders - sum('compared')
  return { compared: sum('compared'), different: sum('different') + missing }
}

interface Counts {
  readonly compared: string
  readonly different: string
}
