import { type NewCustomer, nameColumn, type Shop } from '../shop.ts'
import { openConnection } from './connection.ts'
import { statementsOf } from './statements.ts'

const values = ({ email, name, city }: NewCustomer): readonly string[] => [email, name, city]

/** One connection of the app. There is no RETURNING on MySQL: what was written is read back by its key. */
export const openShop: (...given: Parameters<typeof openConnection>) => Promise<Shop> = async (
  version,
  url,
  measure,
) => {
  const { read, write, change, list, transaction, close } = await openConnection(version, url, measure)
  const is = statementsOf(nameColumn[version])
  return {
    page: (after) => read(is.page, [after]),
    find: async (name) => (await read<{ id: number }>(is.find, [name])).map(({ id }) => id),
    shared: (ids) => list(is.shared, ids),
    own: (ids) => list(is.own, ids),
    insert: async (customers) => {
      // The rows of one INSERT get numbers that follow each other (manual, "AUTO_INCREMENT Handling in InnoDB").
      const first = await write(is.insert, customers.flatMap(values))
      const found = await list<{ id: number; name: string }>(
        is.own,
        customers.map((_, index) => first + index),
      )
      return [...found].sort((a, b) => a.id - b.id)
    },
    upsert: async (customer) => {
      await change(is.upsert, values(customer))
      const [row] = await read<{ id: number }>(is.byEmail, [customer.email])
      return Number(row?.id)
    },
    rename: (id, name) => change(is.rename, [name, id]),
    renameMany: async (customers) => {
      if (customers.length === 0) return
      const cases = customers.flatMap(({ id, name }) => [id, name])
      await change(is.renameMany(customers.length), [...cases, ...customers.map(({ id }) => id)])
    },
    move: (id, city) => change(is.move, [city, id]),
    remove: (ids) => list(is.remove, ids),
    expectName: (id, name) => write(is.expectName, [id, name]),
    revenue: (customer) => read(is.revenue, [customer]),
    order: async (customer, cents) => {
      const id = await write(is.order, [customer, cents, 'open'])
      const [row] = await read<{ cents: unknown }>(is.cents, [id])
      return { id, cents: row?.cents }
    },
    reprice: (id, cents) => write(is.reprice, [cents, id]),
    expectTotal: (id, cents) => write(is.expectTotal, [id, cents]),
    sharedTotals: (ids) => list(is.sharedTotals, ids),
    ship: (id) => write(is.ship, ['shipped', id]),
    cancel: (id) => write(is.cancel, [id]),
    transaction,
    close,
  }
}
