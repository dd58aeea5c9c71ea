import os from 'node:os'
import { type BackfillRound, workers } from './backfill.ts'
import { connections } from './clients.ts'
import { figureTable, growthTable, insideTable, stallTable, worstStall } from './document-tables.ts'
import type { Engine } from './engines/engine.ts'
import { figures, type Measured, type Sizes } from './figures.ts'
import { spread, whole } from './statistics.ts'
import { slices } from './throughput.ts'

/** The page of one engine in docs/. */
export function document(engine: Engine, measured: Measured, command: string): string {
  const { texts } = engine
  return `# ${texts.title}

Made by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. Do not edit: the next run writes it anew.

Every figure is a ratio of two things measured in the same run, one right after the other, by turns (A B A B), so it says something about
bellows and not about the machine. Each is the median of the rounds, with the least and the greatest beside it.

${figureTable(figures(measured, engine.leastUpdates))}

## What was measured on

- ${engine.product}, started for this run; clients and server share ${os.availableParallelism()} cores. Node ${process.versions.node}.
- ${texts.durability}
- Rows of about ${Math.round(measured.width)} bytes with a \`bigint\` primary key and one more index, on a column that stays as it is; for the stalls, a
  third on the renamed column.
- The migration is \`renameColumn\` unless another one is named: the added column has no index while it is filled.

${backfillPart(engine, measured)}

${updatesPart(engine, measured)}

${stallsPart(engine, measured)}

## Noise

Single rounds differ, as the least and the greatest show; where they lie far apart, the machine had other work, and the median is to
be trusted little. The bounds are checked on the median, and \`${command}\` ends with exit 1 when one is missed.
With \`--quick\` it takes a minute or two, with one round of few rows: that shows that everything runs, not how fast, and leaves this file alone.
`
}

function rates(rounds: readonly BackfillRound[]): string {
  const shown = (which: 'ours' | 'abreast' | 'plain'): string =>
    spread(
      rounds.map((round) => round[which].rowsPerSecond),
      whole,
    )
  return `${shown('ours')} rows/s for the backfill, ${shown('abreast')} with ${workers} workers, ${shown('plain')} for the one \`UPDATE\``
}

function backfillPart({ texts, types }: Engine, { sizes, backfill, changeOfType }: Measured): string {
  return `## Backfill

Rounds: ${sizes.backfill.rounds}. In each, fresh tables of ${whole(sizes.backfill.rows)} rows: \`UPDATE t SET new = old\` in one statement, on a table without trigger but with
the same added column; then the step of \`migrate backfill\` that fills, in batches with the trigger in place, each batch
committed with its cursor; then the same with \`--parallel ${workers}\`; then with one worker on ${whole(sizes.backfill.smallRows)} rows. In this run: ${rates(backfill)}.
A round's ratio is taken before the median is, so the medians here do not divide to the ratio above.

Finding that nothing was left out (\`verify\`) and, where there is one, building the index on the new column come on top; neither
locks rows.

The change of type is the hard case: a \`${types.status}\` becomes \`${types.changed}\`. Any value may not be a number, so each is converted where an error
can be caught, and what was not a number is looked for. In this run: ${rates(changeOfType)} with a cast.

### Growth

${growthTable(backfill)}

${texts.growth}`
}

function updatesPart({ texts }: Engine, { sizes, throughput }: Measured): string {
  const copied = throughput.some(({ renamed }) => renamed.copy !== null)
  const copy = copied
    ? `A third table has the triggers of tools that build a second table and put it in the place of the first: after each insert,
update and delete they write the whole row into that copy (\`REPLACE\`, \`DELETE\`). They are ours, made after that pattern.

`
    : ''
  const without = spread(
    throughput.map(({ renamed }) => renamed.without),
    whole,
  )
  return `## Updates with the trigger

Rounds: ${sizes.throughput.rounds}. ${connections} connections send prepared \`UPDATE t SET column = ... WHERE id = ...\` for ${sizes.throughput.milliseconds / 1000} s on each
table, each with its own commit: one without and one with the trigger (a backfilled rename; the columns are the same in both), by turns in slices
of ${sizes.throughput.milliseconds / slices} ms, so that whatever else the machine does hits all alike. ${whole(sizes.throughput.rows)} rows. Without the
trigger: ${without} statements/s. This is what an app sees: the round trip, the parsing of the messages and the commit are in
both figures.

${copy}What the trigger alone costs shows where none of that is there, in ${texts.inside}, in transactions of ${whole(partOf(sizes))} updates. It has no bound:

${insideTable(throughput)}`
}

const partOf = (sizes: Sizes): number => sizes.throughput.rows / 2 / slices

function stallsPart({ texts }: Engine, { sizes, stalls }: Measured): string {
  const { phase, milliseconds } = worstStall(stalls)
  return `## Longest stall

Rounds: ${sizes.stalls.rounds}, on ${whole(sizes.stalls.rows)} rows. The same ${connections} connections update random rows without pause, in a process of their own, while a phase
runs; then as long on a table that nothing happens to. The longest statement of each. No statement failed.

${stallTable(stalls)}

The longest was in ${phase}: ${whole(milliseconds)} ms. ${texts.waits}; in the
backfill a statement waits at most for the batch that holds its row, which aims at 200 ms (\`--batch-time\`). A longest of a short time is
one statement, so these vary the most of all figures here.`
}
