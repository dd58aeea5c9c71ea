import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measureBackfill } from './backfill.ts'
import { startClients } from './clients.ts'
import { freshTable, rowWidth, startBench } from './database.ts'
import { document, figures } from './document.ts'
import { measureStalls } from './stalls.ts'
import { measureThroughput } from './throughput.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })

/** Rows, rounds and seconds of a run. */
const sizes = values.quick
  ? {
      backfill: { rounds: 1, rows: 200_000, smallRows: 50_000 },
      throughput: { rounds: 1, rows: 50_000, milliseconds: 1500 },
      stalls: { rounds: 1, rows: 50_000 },
    }
  : {
      backfill: { rounds: 5, rows: 1_000_000, smallRows: 100_000 },
      throughput: { rounds: 5, rows: 200_000, milliseconds: 4000 },
      stalls: { rounds: 5, rows: 200_000 },
    }

const bench = await startBench()
const clients = await startClients(bench.url)
try {
  bench.say(`PostgreSQL ${bench.version}${values.quick ? '; --quick: too few rows and rounds to judge by' : ''}`)
  // Once for the caches: what comes first would be slower than what comes second.
  await freshTable(bench, 'warm', sizes.backfill.smallRows)
  const width = await rowWidth(bench, 'warm')
  await bench.client.query('drop table warm')
  bench.say('Backfill against one UPDATE')
  const backfill = await measureBackfill(bench, sizes.backfill)
  bench.say('Single-row updates with the trigger against without')
  const throughput = await measureThroughput(bench, clients, sizes.throughput)
  bench.say('Longest stall in each phase')
  const stalls = await measureStalls(bench, clients, sizes.stalls)
  const measured = { version: bench.version, width, sizes, backfill, throughput, stalls }
  const found = figures(measured)
  for (const { what, shown, bound, kept } of found)
    bench.say(`${kept ? 'ok    ' : 'MISSED'} ${what}: ${shown} (${bound})`)
  if (!values.quick) {
    const file = new URL('../docs/performance.md', import.meta.url)
    await writeFile(file, document(measured))
    bench.say('Written: docs/performance.md')
    if (found.some(({ kept }) => !kept)) process.exitCode = 1
  }
} finally {
  clients.close()
  await bench.stop()
}
