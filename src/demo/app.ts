/* One version of the shop's app, as a process of its own: it reads and writes without pause until it is told to stop. */
import { createCounters } from './counters.ts'
import { customerOperations, type Hands, newHands, readBack } from './customer.ts'
import { loadEngine } from './engine.ts'
import { type AppArguments, argumentsVariable, type Report, reportEvery, stopMessage } from './messages.ts'
import { orderOperations } from './order.ts'

const { version, engine, url, rows, connections } = JSON.parse(process.env[argumentsVariable] ?? '{}') as AppArguments
const operations = [...customerOperations, ...orderOperations]
const counters = createCounters()
let stopping = false

const send = (report: Report): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(report, undefined, undefined, () => resolve())
  })

async function work(hands: Hands): Promise<void> {
  while (!stopping) {
    const operation = operations[Math.floor(Math.random() * operations.length)]
    // What fails is counted where it fails; an app that is served by others goes on.
    await operation?.(hands).catch(() => undefined)
  }
  await readBack(hands, [...hands.names.keys()]).catch(() => undefined)
}

process.on('message', (message) => {
  if (message === stopMessage) stopping = true
})
// The demo is gone, however it went: nobody counts any more.
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group of processes; the demo ends us in its own order.
process.on('SIGINT', () => undefined)

const { openShop } = await loadEngine(engine)
const open = await Promise.all(Array.from({ length: connections }, () => openShop(version, url, counters.measure)))
await send({ kind: 'ready' })
const timer = setInterval(() => void send({ kind: 'sample', sample: counters.take() }), reportEvery)
await Promise.all(open.map((shop) => work(newHands(shop, counters, rows))))
clearInterval(timer)
await Promise.all(open.map((shop) => shop.close()))
await send({ kind: 'sample', sample: counters.take() })
process.disconnect?.()
