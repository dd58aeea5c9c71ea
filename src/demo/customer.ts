import { randomUUID } from 'node:crypto'
import type { Counters } from './counters.ts'
import type { Rows } from './messages.ts'
import type { NewCustomer, Shop } from './shop.ts'

/** What an operation has at hand: one connection, and the rows that nobody but this connection writes. */
export interface Hands {
  readonly shop: Shop
  readonly counters: Counters
  readonly rows: Rows
  /** The names that this connection's own customers must have, by id. */
  readonly names: Map<number, string>
  /** Own orders. */
  readonly orders: number[]
  /**
   * An address that no other connection gives out. They follow each other in the index: InnoDB locks the next row of a unique
   * index in an upsert, and upserts all over it would be deadlocks of the app's own.
   */
  readonly email: () => string
}

/** Something the app does again and again. */
export type Operation = (hands: Hands) => Promise<unknown>

/** What a connection has at hand when it begins. */
export function newHands(shop: Shop, counters: Counters, rows: Rows): Hands {
  const connection = randomUUID()
  let given = 0
  const email = (): string => `${connection}-${String(given++).padStart(7, '0')}@shop.example`
  return { shop, counters, rows, names: new Map(), orders: [], email }
}

/** The id of one of the rows that both versions read and write. */
export function anyRow({ rows }: Hands, table: keyof Rows): number {
  return 1 + Math.floor(Math.random() * rows[table])
}

/** So many different ones. */
export function anyRows(hands: Hands, table: keyof Rows, count: number): readonly number[] {
  return Array.from({ length: count }, () => anyRow(hands, table))
}

const cities = ['Lisbon', 'Oslo', 'Graz', 'Izmir', 'Lyon'] as const
const city = (): string => cities[Math.floor(Math.random() * cities.length)] ?? 'Oslo'
const newName = (): string => `Ada ${randomUUID().slice(0, 13)}`
const newCustomer = ({ email }: Hands): NewCustomer => ({ email: email(), name: newName(), city: city() })
const own = ({ names }: Hands, count: number): readonly number[] => {
  const ids = [...names.keys()]
  const from = Math.floor(Math.random() * Math.max(1, ids.length - count))
  return ids.slice(from, from + count)
}

const page: Operation = (hands) => hands.shop.page(anyRow(hands, 'customers'))

const find: Operation = async (hands) => {
  const [id] = own(hands, 1)
  if (id === undefined) return
  hands.counters.check((await hands.shop.find(hands.names.get(id) ?? '')).includes(id), true)
}

/** Both versions write these rows, each in one transaction with the table that says what must be in them. */
const rename: Operation = (hands) => {
  const { shop } = hands
  const [id, name] = [anyRow(hands, 'customers'), newName()]
  return shop.transaction(async () => {
    await shop.rename(id, name)
    await shop.expectName(id, name)
  })
}

const shared: Operation = async (hands) => {
  const pairs = await hands.shop.shared(anyRows(hands, 'customers', 50))
  for (const { read, written } of pairs) hands.counters.check(read, written)
}

const insert: Operation = async (hands) => {
  const customers = [0, 1, 2].map(() => newCustomer(hands))
  const read = await hands.shop.insert(customers)
  hands.counters.check(read.length, customers.length)
  for (const [index, { id, name }] of read.entries()) {
    const written = customers[index]?.name ?? ''
    hands.counters.check(name, written)
    hands.names.set(id, written)
  }
}

const upsert: Operation = async (hands) => {
  const customer = newCustomer(hands)
  await hands.shop.upsert(customer)
  const name = newName()
  hands.names.set(await hands.shop.upsert({ ...customer, name, city: city() }), name)
}

const renameMany: Operation = async (hands) => {
  const customers = own(hands, 5).map((id) => ({ id, name: newName() }))
  await hands.shop.renameMany(customers)
  for (const { id, name } of customers) hands.names.set(id, name)
}

const move: Operation = (hands) => hands.shop.move(anyRow(hands, 'customers'), city())

const remove: Operation = async (hands) => {
  if (hands.names.size < 60) return
  const ids = own(hands, 10)
  await hands.shop.remove(ids)
  for (const id of ids) hands.names.delete(id)
}

/** Reads own customers back and compares: all of them, or some. */
export async function readBack(hands: Hands, ids: readonly number[] = own(hands, 20)): Promise<void> {
  const read = await hands.shop.own(ids)
  hands.counters.check(read.length, ids.length)
  for (const { id, name } of read) hands.counters.check(name, hands.names.get(id))
}

/** What the app does with customers; what it does more often stands more often. */
export const customerOperations: readonly Operation[] = [
  ...[page, page, find, shared, shared],
  ...[rename, rename, rename, move, insert, upsert, renameMany, remove],
  (hands: Hands) => readBack(hands),
]
