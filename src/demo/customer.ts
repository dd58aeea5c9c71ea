import { randomUUID } from 'node:crypto'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Rows } from './messages.ts'
import type { Statements } from './statements.ts'

/** What an operation has at hand: one connection, and the rows that nobody but this connection writes. */
export interface Hands {
  readonly connection: Connection
  readonly statements: Statements
  readonly counters: Counters
  readonly rows: Rows
  /** The names that this connection's own customers must have, by id. */
  readonly names: Map<number, string>
  /** Own orders. */
  readonly orders: number[]
}

/** Something the app does again and again. */
export type Operation = (hands: Hands) => Promise<unknown>

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
const own = ({ names }: Hands, count: number): readonly number[] => {
  const ids = [...names.keys()]
  const from = Math.floor(Math.random() * Math.max(1, ids.length - count))
  return ids.slice(from, from + count)
}

const page: Operation = (hands) => hands.connection.run(hands.statements.page, [anyRow(hands, 'customers')])

const find: Operation = async (hands) => {
  const [id] = own(hands, 1)
  if (id === undefined) return
  const found = await hands.connection.run<{ id: string }>(hands.statements.find, [hands.names.get(id)])
  hands.counters.check(
    found.some((row) => Number(row.id) === id),
    true,
  )
}

/** Both versions write these rows, each in one transaction with the table that says what must be in them. */
const rename: Operation = (hands) => {
  const { connection, statements } = hands
  const values = [anyRow(hands, 'customers'), newName()]
  return connection.transaction(async () => {
    await connection.run(statements.rename, values)
    await connection.run(statements.expectName, values)
  })
}

const shared: Operation = async (hands) => {
  const ids = anyRows(hands, 'customers', 50)
  const rows = await hands.connection.run<{ read: string; written: string }>(hands.statements.shared, [ids])
  for (const { read, written } of rows) hands.counters.check(read, written)
}

const insert: Operation = async ({ connection, statements, counters, names }) => {
  const values = [0, 1, 2].flatMap(() => [`${randomUUID()}@shop.example`, newName(), city()])
  const rows = await connection.run<{ id: string; read: string }>(statements.insert, values)
  for (const [index, { id, read }] of rows.entries()) {
    const written = values[index * 3 + 1] ?? ''
    counters.check(read, written)
    names.set(Number(id), written)
  }
}

const upsert: Operation = async ({ connection, statements, names }) => {
  const email = `${randomUUID()}@shop.example`
  await connection.run(statements.upsert, [email, newName(), city()])
  const again = newName()
  const [row] = await connection.run<{ id: string }>(statements.upsert, [email, again, city()])
  if (row !== undefined) names.set(Number(row.id), again)
}

const renameMany: Operation = async (hands) => {
  const ids = own(hands, 5)
  const values = ids.map(newName)
  await hands.connection.run(hands.statements.renameMany, [ids, values])
  for (const [index, id] of ids.entries()) hands.names.set(id, values[index] ?? '')
}

const move: Operation = (hands) => hands.connection.run(hands.statements.move, [anyRow(hands, 'customers'), city()])

const remove: Operation = async (hands) => {
  if (hands.names.size < 60) return
  const ids = own(hands, 10)
  await hands.connection.run(hands.statements.remove, [ids])
  for (const id of ids) hands.names.delete(id)
}

/** Reads own customers back and compares: all of them, or some. */
export async function readBack(hands: Hands, ids: readonly number[] = own(hands, 20)): Promise<void> {
  const rows = await hands.connection.run<{ id: string; read: string }>(hands.statements.own, [ids])
  hands.counters.check(rows.length, ids.length)
  for (const { id, read } of rows) hands.counters.check(read, hands.names.get(Number(id)))
}

/** What the app does with customers; what it does more often stands more often. */
export const customerOperations: readonly Operation[] = [
  ...[page, page, find, shared, shared],
  ...[rename, rename, rename, move, insert, upsert, renameMany, remove],
  (hands: Hands) => readBack(hands),
]
