import { type BackfillRound, workers } from './backfill.ts'
import type { Stall } from './stalls.ts'
import { median, spread, whole } from './statistics.ts'
import type { Rates, ThroughputRound } from './throughput.ts'

/** Rows, rounds and seconds of a run. */
export interface Sizes {
  readonly backfill: { readonly rounds: number; readonly rows: number; readonly smallRows: number }
  readonly throughput: { readonly rounds: number; readonly rows: number; readonly milliseconds: number }
  readonly stalls: { readonly rounds: number; readonly rows: number }
}

/** Everything that a run found. */
export interface Measured {
  readonly width: number
  readonly sizes: Sizes
  readonly backfill: readonly BackfillRound[]
  readonly changeOfType: readonly BackfillRound[]
  readonly throughput: readonly ThroughputRound[]
  readonly stalls: readonly (readonly Stall[])[]
}

/** A ratio, and its bound where it has one. */
export interface Figure {
  readonly what: string
  readonly shown: string
  readonly bound: string
  readonly kept: boolean
}

type Bound = { readonly least: number; readonly most?: number } | null

function figure(what: string, ratios: readonly number[], bound: Bound): Figure {
  const value = median(ratios)
  const [least, most] = [bound?.least ?? 0, bound?.most]
  const said = most === undefined ? `at least ${least.toFixed(2)}` : `${least.toFixed(2)} to ${most.toFixed(2)}`
  const kept = bound === null || (value >= least && value <= (most ?? Number.POSITIVE_INFINITY))
  return { what, shown: spread(ratios), bound: bound === null ? '' : said, kept }
}

/** The ratios, each judged by the median of its rounds. `leastUpdates` is the bound of updates under the trigger. */
export function figures(measured: Measured, leastUpdates: number | null): readonly Figure[] {
  const { backfill, changeOfType, throughput, sizes } = measured
  const [rows, small] = [whole(sizes.backfill.rows), whole(sizes.backfill.smallRows)]
  const toPlain = (rounds: readonly BackfillRound[], which: 'ours' | 'abreast' = 'ours'): readonly number[] =>
    rounds.map((round) => round[which].rowsPerSecond / round.plain.rowsPerSecond)
  const flat = backfill.map(({ ours, small }) => ours.rowsPerSecond / small.rowsPerSecond)
  const updates = leastUpdates === null ? null : { least: leastUpdates }
  const ratios = (which: 'renamed' | 'unrelated', to: (rates: Rates) => number): readonly number[] =>
    throughput.map((round) => to(round[which]))
  const copied = throughput.some(({ renamed }) => renamed.copy !== null)
  return [
    figure(`Backfill of a rename : one \`UPDATE\`, rows/s, ${rows} rows`, toPlain(backfill), { least: 0.7 }),
    figure(`The same with \`--parallel ${workers}\``, toPlain(backfill, 'abreast'), { least: 0.7 }),
    figure(`Backfill of ${rows} : of ${small} rows, rows/s`, flat, { least: 0.8, most: 1.2 }),
    figure(`Backfill of a change of type : one \`UPDATE\`, rows/s, ${rows} rows`, toPlain(changeOfType), null),
    figure(`The same with \`--parallel ${workers}\``, toPlain(changeOfType, 'abreast'), null),
    figure('Updates of the renamed column, with : without trigger', ratios('renamed', overWithout), updates),
    figure('Updates of another column, with : without trigger', ratios('unrelated', overWithout), updates),
    ...(copied
      ? [
          figure(
            'Updates of the renamed column, our triggers : triggers into a copy',
            ratios('renamed', overCopy),
            null,
          ),
          figure('Updates of another column, our triggers : triggers into a copy', ratios('unrelated', overCopy), null),
        ]
      : []),
  ]
}

const overWithout = ({ ours, without }: Rates): number => ours / without
const overCopy = ({ ours, copy }: Rates): number => ours / (copy ?? Number.NaN)
