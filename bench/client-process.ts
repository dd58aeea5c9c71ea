import type { Load, Order } from './client-messages.ts'
import { connectWriter, type Writer } from './engines/writers.ts'

/*
 * The clients, in a process of their own so that nothing the migrator does in JavaScript counts as waiting: each connection
 * sends the next single-row update as soon as the last one is over.
 */

const [url = '', count = '4'] = process.argv.slice(2)

type Target = Extract<Order, { kind: 'run' }>

let target: Target | null = null
let sequence = 0
let tally = { statements: 0, failed: 0, longest: 0, failure: null as string | null, begun: 0 }

async function work(write: Writer): Promise<void> {
  while (target !== null) {
    const { table, column, rows } = target
    const value = `changed ${++sequence}`.padEnd(32, '.')
    const started = performance.now()
    try {
      await write(table, column, value, 1 + Math.floor(Math.random() * rows))
    } catch (error) {
      tally.failed++
      tally.failure ??= error instanceof Error ? error.message : String(error)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    tally.statements++
    tally.longest = Math.max(tally.longest, performance.now() - started)
  }
}

const writers = await Promise.all(Array.from({ length: Number(count) }, () => connectWriter(url)))

let working: Promise<unknown> = Promise.resolve()

/** Lets each statement that is on its way come to its end. */
async function pause(): Promise<void> {
  target = null
  await working
}

async function obey(order: Order): Promise<Load | null> {
  if (order.kind === 'run') {
    await pause()
    target = order
    working = Promise.all(writers.map((writer) => work(writer)))
    return null
  }
  if (order.kind === 'begin') {
    tally = { statements: 0, failed: 0, longest: 0, failure: null, begun: performance.now() }
    return null
  }
  await pause()
  if (order.kind === 'pause') return null
  const { begun, ...rest } = tally
  return { ...rest, seconds: (performance.now() - begun) / 1000 }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (load) => process.send?.(load),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
