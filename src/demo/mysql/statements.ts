type Name =
  | ('page' | 'find' | 'shared' | 'own' | 'insert' | 'upsert' | 'byEmail' | 'rename' | 'move' | 'remove' | 'expectName')
  | ('revenue' | 'order' | 'cents' | 'reprice' | 'expectTotal' | 'sharedTotals' | 'ship' | 'cancel')

/** Everything that one version of the app sends. */
export interface Statements extends Readonly<Record<Name, string>> {
  /** For so many customers. */
  readonly renameMany: (count: number) => string
}

/** The statements of a version, which differ in the name of one column only. Columns are always listed. */
export function statementsOf(column: 'name' | 'full_name'): Statements {
  return {
    page: `select id, ${column}, city from customers where id > ? order by id limit 20`,
    find: `select id from customers where ${column} = ?`,
    shared: `select c.${column} as \`read\`, e.value as written from customers c join expected_names e on e.id = c.id where c.id in (?)`,
    own: `select id, ${column} as name from customers where id in (?)`,
    insert: `insert into customers (email, ${column}, city) values (?, ?, ?), (?, ?, ?), (?, ?, ?)`,
    upsert: `insert into customers (email, ${column}, city) values (?, ?, ?) on duplicate key update ${column} = values(${column})`,
    byEmail: 'select id from customers where email = ?',
    rename: `update customers set ${column} = ? where id = ?`,
    renameMany: (count: number): string =>
      `update customers set ${column} = case id ${'when ? then ? '.repeat(count)}end where id in (${Array(count).fill('?').join(', ')})`,
    move: 'update customers set city = ? where id = ?',
    remove: 'delete from customers where id in (?)',
    expectName: 'insert into expected_names (id, value) values (?, ?) on duplicate key update value = values(value)',
    revenue: 'select count(*) as orders, sum(total_cents) as cents from orders where customer_id = ?',
    order: 'insert into orders (customer_id, total_cents, status) values (?, ?, ?)',
    cents: 'select total_cents as cents from orders where id = ?',
    reprice: 'update orders set total_cents = ? where id = ?',
    expectTotal: 'insert into expected_totals (id, value) values (?, ?) on duplicate key update value = values(value)',
    sharedTotals:
      'select o.total_cents as `read`, e.value as written from orders o join expected_totals e on e.id = o.id where o.id in (?)',
    ship: 'update orders set status = ? where id = ?',
    cancel: 'delete from orders where id = ?',
  }
}
