/** A statement of the app. With a name it is prepared once on each connection and then executed by that name. */
export interface Statement {
  readonly name?: string
  readonly text: string
}

/** Everything that one version of the app sends. */
export type Statements = Readonly<Record<CustomerStatement | OrderStatement, Statement>>

type CustomerStatement =
  | 'page'
  | 'find'
  | 'shared'
  | 'own'
  | 'insert'
  | 'upsert'
  | 'rename'
  | 'renameMany'
  | 'move'
  | 'remove'
  | 'expectName'
type OrderStatement = 'revenue' | 'order' | 'reprice' | 'expectTotal' | 'sharedTotals' | 'ship' | 'cancel'

/**
 * The statements of a version, which differ in the name of one column only. Columns are always listed.
 *
 * What touches `total_cents` is not prepared: a statement that was prepared before a column changes its type fails in
 * PostgreSQL until it is prepared again ("cached plan must not change result type"), whoever changes it.
 */
export function statementsOf(column: 'name' | 'full_name'): Statements {
  return {
    page: prepared('page', `select id, ${column}, city from customers where id > $1 order by id limit 20`),
    find: prepared('find', `select id from customers where ${column} = $1`),
    shared: prepared(
      'shared',
      `select c.${column} as read, e.value as written from customers c join expected_names e on e.id = c.id where c.id = any($1)`,
    ),
    own: prepared('own', `select id, ${column} as name from customers where id = any($1)`),
    insert: prepared(
      'insert',
      `insert into customers (email, ${column}, city) values ($1, $2, $3), ($4, $5, $6), ($7, $8, $9) returning id, ${column} as name`,
    ),
    upsert: prepared(
      'upsert',
      `insert into customers (email, ${column}, city) values ($1, $2, $3) on conflict (email) do update set ${column} = excluded.${column} returning id`,
    ),
    rename: prepared('rename', `update customers set ${column} = $2 where id = $1`),
    renameMany: prepared(
      'renameMany',
      `update customers c set ${column} = d.value from unnest($1::bigint[], $2::text[]) d (id, value) where c.id = d.id`,
    ),
    move: prepared('move', 'update customers set city = $2 where id = $1'),
    remove: prepared('remove', 'delete from customers where id = any($1)'),
    expectName: prepared(
      'expectName',
      'insert into expected_names (id, value) values ($1, $2) on conflict (id) do update set value = excluded.value',
    ),
    revenue: unprepared('select count(*) as orders, sum(total_cents) as cents from orders where customer_id = $1'),
    order: unprepared(
      'insert into orders (customer_id, total_cents, status) values ($1, $2, $3) returning id, total_cents as cents',
    ),
    reprice: unprepared('update orders set total_cents = $2 where id = $1'),
    expectTotal: prepared(
      'expectTotal',
      'insert into expected_totals (id, value) values ($1, $2) on conflict (id) do update set value = excluded.value',
    ),
    sharedTotals: unprepared(
      'select o.total_cents as read, e.value as written from orders o join expected_totals e on e.id = o.id where o.id = any($1)',
    ),
    ship: prepared('ship', 'update orders set status = $2 where id = $1'),
    cancel: prepared('cancel', 'delete from orders where id = $1'),
  }
}

function prepared(name: string, text: string): Statement {
  return { name, text }
}

function unprepared(text: string): Statement {
  return { text }
}
