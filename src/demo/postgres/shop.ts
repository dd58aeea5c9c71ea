import { type NewCustomer, nameColumn, type Shop } from '../shop.ts'
import { openConnection } from './connection.ts'
import { statementsOf } from './statements.ts'

const values = ({ email, name, city }: NewCustomer): readonly string[] => [email, name, city]

/** One connection of the app. */
export const openShop: (...given: Parameters<typeof openConnection>) => Promise<Shop> = async (
  version,
  url,
  measure,
) => {
  const { run, transaction, close } = await openConnection(version, url, measure)
  const is = statementsOf(nameColumn[version])
  // The driver gives bigint as a string.
  const named = (rows: readonly { readonly id: string; readonly name: string }[]): { id: number; name: string }[] =>
    rows.map(({ id, name }) => ({ id: Number(id), name }))
  return {
    page: (after) => run(is.page, [after]),
    find: async (name) => (await run<{ id: string }>(is.find, [name])).map(({ id }) => Number(id)),
    shared: (ids) => run(is.shared, [ids]),
    own: async (ids) => named(await run(is.own, [ids])),
    insert: async (customers) => named(await run(is.insert, customers.flatMap(values))),
    upsert: async (customer) => Number((await run<{ id: string }>(is.upsert, values(customer)))[0]?.id),
    rename: (id, name) => run(is.rename, [id, name]),
    renameMany: (customers) => run(is.renameMany, [customers.map(({ id }) => id), customers.map(({ name }) => name)]),
    move: (id, city) => run(is.move, [id, city]),
    remove: (ids) => run(is.remove, [ids]),
    expectName: (id, name) => run(is.expectName, [id, name]),
    revenue: (customer) => run(is.revenue, [customer]),
    order: async (customer, cents) => {
      const [row] = await run<{ id: string; cents: unknown }>(is.order, [customer, cents, 'open'])
      return { id: Number(row?.id), cents: row?.cents }
    },
    reprice: (id, cents) => run(is.reprice, [id, cents]),
    expectTotal: (id, cents) => run(is.expectTotal, [id, cents]),
    sharedTotals: (ids) => run(is.sharedTotals, [ids]),
    ship: (id) => run(is.ship, [id, 'shipped']),
    cancel: (id) => run(is.cancel, [id]),
    transaction,
    close,
  }
}
