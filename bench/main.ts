import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measureBackfill } from './backfill.ts'
import { startClients } from './clients.ts'
import { document } from './document.ts'
import { startEngine } from './engines/index.ts'
import { figures, type Sizes } from './figures.ts'
import { changeOfType, rename } from './migration.ts'
import { measureStalls } from './stalls.ts'
import { freshTable, say } from './tables.ts'
import { measureThroughput } from './throughput.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    dialect: { type: 'string', default: 'postgres' },
    rounds: { type: 'string', default: '5' },
  },
})

const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is a number of at least 1, not ${values.rounds}`)

const sizes: Sizes = values.quick
  ? {
      backfill: { rounds: 1, rows: 200_000, smallRows: 50_000 },
      throughput: { rounds: 1, rows: 50_000, milliseconds: 1500 },
      stalls: { rounds: 1, rows: 50_000 },
    }
  : {
      backfill: { rounds, rows: 1_000_000, smallRows: 100_000 },
      throughput: { rounds, rows: 200_000, milliseconds: 4000 },
      stalls: { rounds, rows: 200_000 },
    }

const command = ['npm run bench', ...process.argv.slice(2)].join(' ').replace('bench ', 'bench -- ')
const engine = await startEngine(values.dialect, say)
const clients = await startClients(engine.url)
try {
  say(`${engine.product}${values.quick ? '; --quick: too few rows and rounds to judge by' : ''}`)
  // Once for the caches: what comes first would be slower than what comes second.
  await freshTable(engine, 'warm', sizes.backfill.smallRows)
  const width = await engine.rowWidth('warm')
  await engine.run('drop table warm')
  say('Backfill of a rename against one UPDATE')
  const backfill = await measureBackfill(engine, rename(engine), sizes.backfill)
  say('Backfill of a change of type against one UPDATE')
  const converted = await measureBackfill(engine, changeOfType(engine), sizes.backfill)
  say('Single-row updates with the trigger against without')
  const throughput = await measureThroughput(engine, clients, sizes.throughput)
  say('Longest stall in each phase')
  const stalls = await measureStalls(engine, clients, sizes.stalls)
  const measured = { width, sizes, backfill, changeOfType: converted, throughput, stalls }
  const found = figures(measured, engine.leastUpdates)
  for (const { what, shown, bound, kept } of found)
    say(bound === '' ? `       ${what}: ${shown}` : `${kept ? 'ok    ' : 'MISSED'} ${what}: ${shown} (${bound})`)
  if (!values.quick) {
    const file = `docs/${engine.texts.file}`
    await writeFile(new URL(`../${file}`, import.meta.url), document(engine, measured, command))
    say(`Written: ${file}`)
    if (found.some(({ kept }) => !kept)) process.exitCode = 1
  }
} finally {
  clients.close()
  await engine.stop()
}
