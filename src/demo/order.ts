import { anyRow, anyRows, type Operation } from './customer.ts'

const newCents = (): number => 100 + Math.floor(Math.random() * 90_000)

/** PostgreSQL's driver gives integer as a number and bigint as a string: an app that takes both casts. */
const asNumber = (value: unknown): number => Number(value)

const revenue: Operation = (hands) => hands.shop.revenue(anyRow(hands, 'customers'))

const order: Operation = async (hands) => {
  const written = newCents()
  const { id, cents } = await hands.shop.order(anyRow(hands, 'customers'), written)
  hands.counters.check(asNumber(cents), written)
  hands.orders.push(id)
}

const reprice: Operation = (hands) => {
  const { shop } = hands
  const [id, cents] = [anyRow(hands, 'orders'), newCents()]
  return shop.transaction(async () => {
    await shop.reprice(id, cents)
    await shop.expectTotal(id, cents)
  })
}

const sharedTotals: Operation = async (hands) => {
  const pairs = await hands.shop.sharedTotals(anyRows(hands, 'orders', 50))
  for (const { read, written } of pairs) hands.counters.check(asNumber(read), asNumber(written))
}

const ship: Operation = (hands) => hands.shop.ship(anyRow(hands, 'orders'))

const cancel: Operation = async (hands) => {
  const id = hands.orders.shift()
  if (id !== undefined) await hands.shop.cancel(id)
}

/** What the app does with orders. */
export const orderOperations: readonly Operation[] = [revenue, order, reprice, reprice, sharedTotals, ship, cancel]
