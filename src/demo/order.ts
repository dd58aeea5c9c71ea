import { anyRow, anyRows, type Operation } from './customer.ts'

const cents = (): number => 100 + Math.floor(Math.random() * 90_000)

/** PostgreSQL's driver gives integer as a number and bigint as a string: an app that takes both casts. */
const asNumber = (value: unknown): number => Number(value)

const revenue: Operation = (hands) => hands.connection.run(hands.statements.revenue, [anyRow(hands, 'customers')])

const order: Operation = async (hands) => {
  const total = cents()
  const [row] = await hands.connection.run<{ id: string; total_cents: unknown }>(hands.statements.order, [
    anyRow(hands, 'customers'),
    total,
    'open',
  ])
  hands.counters.check(asNumber(row?.total_cents), total)
  hands.orders.push(Number(row?.id))
}

const reprice: Operation = (hands) => {
  const values = [anyRow(hands, 'orders'), cents()]
  const { connection, statements } = hands
  return connection.transaction(async () => {
    await connection.run(statements.reprice, values)
    await connection.run(statements.expectTotal, values)
  })
}

const sharedTotals: Operation = async (hands) => {
  const ids = anyRows(hands, 'orders', 50)
  const rows = await hands.connection.run<{ read: unknown; written: unknown }>(hands.statements.sharedTotals, [ids])
  for (const { read, written } of rows) hands.counters.check(asNumber(read), asNumber(written))
}

const ship: Operation = (hands) => hands.connection.run(hands.statements.ship, [anyRow(hands, 'orders'), 'shipped'])

const cancel: Operation = async (hands) => {
  const id = hands.orders.shift()
  if (id !== undefined) await hands.connection.run(hands.statements.cancel, [id])
}

/** What the app does with orders. */
export const orderOperations: readonly Operation[] = [revenue, order, reprice, reprice, sharedTotals, ship, cancel]
