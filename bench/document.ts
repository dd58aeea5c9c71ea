import os from 'node:os'
import type { BackfillRound } from './backfill.ts'
import { connections } from './clients.ts'
import { settings } from './database.ts'
import type { Stall } from './stalls.ts'
import { median, pair, spread, whole } from './statistics.ts'
import { slices, type ThroughputRound } from './throughput.ts'

/** Everything that a run found. */
export interface Measured {
  readonly version: string
  readonly width: number
  readonly sizes: {
    readonly backfill: { readonly rounds: number; readonly rows: number; readonly smallRows: number }
    readonly throughput: { readonly rounds: number; readonly rows: number; readonly milliseconds: number }
    readonly stalls: { readonly rounds: number; readonly rows: number }
  }
  readonly backfill: readonly BackfillRound[]
  readonly throughput: readonly ThroughputRound[]
  readonly stalls: readonly (readonly Stall[])[]
}

/** A ratio that has a bound. */
export interface Figure {
  readonly what: string
  readonly shown: string
  readonly bound: string
  readonly kept: boolean
}

function figure(what: string, ratios: readonly number[], bound: string, holds: (median: number) => boolean): Figure {
  return { what, shown: spread(ratios), bound, kept: holds(median(ratios)) }
}

/** The ratios with a bound, each judged by the median of its rounds. */
export function figures({ backfill, throughput, sizes }: Measured): readonly Figure[] {
  const atLeast = (bound: number) => (value: number) => value >= bound
  const [rows, small] = [whole(sizes.backfill.rows), whole(sizes.backfill.smallRows)]
  return [
    figure(
      `Backfill : one \`UPDATE\`, rows/s, ${rows} rows`,
      backfill.map(({ ours, plain }) => ours.rowsPerSecond / plain.rowsPerSecond),
      'at least 0.70',
      atLeast(0.7),
    ),
    figure(
      `Backfill of ${rows} : of ${small} rows, rows/s`,
      backfill.map(({ ours, small }) => ours.rowsPerSecond / small.rowsPerSecond),
      '0.80 to 1.20',
      (value) => value >= 0.8 && value <= 1.2,
    ),
    figure(
      'Updates of the renamed column, with : without trigger',
      throughput.map(({ renamed }) => renamed.ratio),
      'at least 0.80',
      atLeast(0.8),
    ),
    figure(
      'Updates of another column, with : without trigger',
      throughput.map(({ unrelated }) => unrelated.ratio),
      'at least 0.80',
      atLeast(0.8),
    ),
  ]
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const growthTable = (rounds: readonly BackfillRound[]): string =>
  table(
    ['', 'Backfill', 'One `UPDATE`'],
    (['table', 'indexes'] as const).map((part) => [
      `${part === 'table' ? 'Table (`pg_table_size`)' : 'Indexes (`pg_indexes_size`)'}, after : before`,
      spread(rounds.map(({ ours }) => ours.growth[part])),
      spread(rounds.map(({ plain }) => plain.growth[part])),
    ]),
  )

const insideTable = (rounds: readonly ThroughputRound[]): string =>
  table(
    ['', 'With : without trigger', 'Cost of the trigger, µs a row'],
    (['renamedInside', 'unrelatedInside'] as const).map((which) => [
      which === 'renamedInside' ? 'The renamed column' : 'Another column',
      spread(rounds.map((round) => round[which].ratio)),
      spread(
        rounds.map((round) => 1e6 / round[which].ours - 1e6 / round[which].other),
        (value) => value.toFixed(1),
      ),
    ]),
  )

function stallTable(rounds: readonly (readonly Stall[])[]): string {
  const phases = (rounds[0] ?? []).map(({ phase }) => phase)
  const shown = phases.map((phase) => {
    const found = rounds.flatMap((round) => round.filter((stall) => stall.phase === phase))
    return [
      phase,
      spread(
        found.map(({ longest }) => longest.ours),
        whole,
      ),
      spread(
        found.map(({ longest }) => longest.other),
        whole,
      ),
      spread(
        found.map(({ longest }) => longest.ratio),
        (value) => value.toFixed(1),
      ),
      median(found.map(({ seconds }) => seconds)).toFixed(1),
    ]
  })
  return table(['Phase', 'Longest, ms', 'Without a migration, ms', 'Ratio', 'Phase took, s'], shown)
}

/** The longest median stall, to say it in a sentence. */
function worst(rounds: readonly (readonly Stall[])[]): { readonly phase: string; readonly ms: number } {
  const phases = (rounds[0] ?? []).map(({ phase }) => phase)
  const all = phases.map((phase) => ({
    phase,
    ms: median(
      rounds.flatMap((round) => round.filter((stall) => stall.phase === phase).map((stall) => stall.longest.ours)),
    ),
  }))
  return all.reduce((most, each) => (each.ms > most.ms ? each : most), { phase: '', ms: 0 })
}

/** docs/performance.md. */
export function document(measured: Measured): string {
  const { sizes, backfill, throughput, stalls } = measured
  const rates = backfill.map(({ ours, plain }) => pair(ours.rowsPerSecond, plain.rowsPerSecond))
  const kinds = [...Object.entries(settings)].map(([name, value]) => `\`${name} = ${value}\``).join(', ')
  const clientRates = throughput.map(({ renamed }) => renamed)
  const stall = worst(stalls)
  return `# Performance

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. Do not edit: the next run writes it anew.

Every figure is a ratio of two things measured in the same run, one right after the other, by turns (A B A B), so it says something about
bellows and not about the machine. Each is the median of the rounds, with the least and the greatest beside it.

${table(
  ['Ratio', 'Median (least-greatest)', 'Bound', ''],
  figures(measured).map(({ what, shown, bound, kept }) => [what, shown, bound, kept ? 'kept' : '**missed**']),
)}

## What was measured on

- PostgreSQL ${measured.version}, started for this run; clients and server share ${os.availableParallelism()} cores. Node ${process.versions.node}.
- Durable: \`fsync\`, \`synchronous_commit\` and \`full_page_writes\` are on. Not the defaults: ${kinds}. There is a
  checkpoint before each measurement and none during it; nothing vacuums but the benchmark itself, between measurements.
- Rows of about ${Math.round(measured.width)} bytes (table size : rows) with a \`bigint\` primary key and one more index, on a column that stays as it
  is; for the stalls, a third on the renamed column.
- The migration is \`renameColumn\`: the added column has no index while it is filled.

## Backfill

${sizes.backfill.rounds} rounds. In each, fresh tables of ${whole(sizes.backfill.rows)} rows: \`UPDATE t SET new = old\` in one statement, on a table without trigger but with
the same added column; then the step of \`migrate backfill\` that fills, in batches with the trigger in place, each batch
committed with its cursor; then the same on ${whole(sizes.backfill.smallRows)} rows. In this run: ${spread(
    rates.map(({ ours }) => ours),
    whole,
  )} rows/s for the backfill, ${spread(
    rates.map(({ other }) => other),
    whole,
  )} for the
one \`UPDATE\`. A round's ratio is taken before the median is, so the medians here do not divide to the ratio above.

Finding that nothing was left out (\`verify\`) and, where there is one, building the index on the new column come on top; neither
locks rows.

### Growth

${growthTable(backfill)}

Every row gets a new version, as with any \`UPDATE\`: without a vacuum in between the table takes up to twice the space. The
backfill commits as it goes, so with autovacuum on, which a server in use has, the space of early batches can be used by later ones;
one \`UPDATE\` cannot do that.

## Updates with the trigger

${sizes.throughput.rounds} rounds. ${connections} connections send prepared \`UPDATE t SET column = $1 WHERE id = $2\` for ${sizes.throughput.milliseconds / 1000} s on each of two
tables, each with its own commit: one without and one with the trigger (a backfilled rename; the columns are the same in both), by turns in slices
of ${sizes.throughput.milliseconds / slices} ms, so that whatever else the machine does hits both. ${whole(sizes.throughput.rows)} rows. Without the
trigger: ${spread(
    clientRates.map(({ other }) => other),
    whole,
  )} statements/s. This is what an app sees: the round trip, the parsing of the messages and the commit are in
both figures.

What the trigger alone costs shows where none of that is there, in a loop inside the server, in transactions of ${whole(sizes.throughput.rows / 2 / slices)} updates. It has no bound:

${insideTable(throughput)}

## Longest stall

${sizes.stalls.rounds} rounds on ${whole(sizes.stalls.rows)} rows. The same ${connections} connections update random rows without pause, in a process of their own, while a phase
runs; then as long on a table that nothing happens to. The longest statement of each. No statement failed.

${stallTable(stalls)}

The longest was in ${stall.phase}: ${whole(stall.ms)} ms. No DDL of ours holds up a statement for longer than its lock timeout (500 ms); in the backfill a
statement waits at most for the batch that holds its row, which aims at 250 ms (\`--batch-time\`). A longest of a short time is one
statement, so these vary the most of all figures here.

## Noise

The machine was shared with other work while this was measured. Single rounds differ, as the least and the greatest show; where they lie far
apart, trust the median little. The bounds are checked on the median, and \`npm run bench\` ends with exit 1 when one is missed.
\`npm run bench -- --quick\` takes a minute, with one round of few rows: it shows that everything runs, not how fast, and
leaves this file alone.
`
}
