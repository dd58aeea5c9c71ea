import type { BackfillRound } from './backfill.ts'
import type { Figure } from './figures.ts'
import type { Stall } from './stalls.ts'
import { median, spread, whole } from './statistics.ts'
import type { Rates, ThroughputRound } from './throughput.ts'

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** All ratios of a run, and whether their bounds are kept. */
export const figureTable = (figures: readonly Figure[]): string =>
  table(
    ['Ratio', 'Median (least-greatest)', 'Bound', ''],
    figures.map(({ what, shown, bound, kept }) => [
      what,
      shown,
      bound === '' ? '-' : bound,
      bound === '' ? '' : kept ? 'kept' : '**missed**',
    ]),
  )

/** What the fill did to the parts of the table. */
export const growthTable = (rounds: readonly BackfillRound[]): string =>
  table(
    ['After : before', 'Backfill', 'One `UPDATE`'],
    Object.keys(rounds[0]?.ours.growth ?? {}).map((part) => [
      part,
      spread(rounds.map(({ ours }) => ours.growth[part] ?? Number.NaN)),
      spread(rounds.map(({ plain }) => plain.growth[part] ?? Number.NaN)),
    ]),
  )

const micros = (value: number): string => value.toFixed(1)

/** What triggers cost by themselves; the last columns only where there are triggers of a copy to set ours beside. */
export function insideTable(rounds: readonly ThroughputRound[]): string {
  const copied = rounds.some(({ renamedInside }) => renamedInside.copy !== null)
  const beside = copied ? ['Into a copy : without', 'Cost of those, µs a row'] : []
  const cells = (rates: readonly Rates[], of: (rates: Rates) => number): readonly string[] => [
    spread(rates.map((each) => of(each) / each.without)),
    spread(
      rates.map((each) => 1e6 / of(each) - 1e6 / each.without),
      micros,
    ),
  ]
  return table(
    ['', 'With : without trigger', 'Cost of the trigger, µs a row', ...beside],
    (['renamedInside', 'unrelatedInside'] as const).map((which) => {
      const rates = rounds.map((round) => round[which])
      return [
        which === 'renamedInside' ? 'The renamed column' : 'Another column',
        ...cells(rates, ({ ours }) => ours),
        ...(copied ? cells(rates, ({ copy }) => copy ?? Number.NaN) : []),
      ]
    }),
  )
}

const phasesOf = (rounds: readonly (readonly Stall[])[]): readonly (readonly [string, readonly Stall[]])[] =>
  (rounds[0] ?? []).map(({ phase }) => [
    phase,
    rounds.flatMap((round) => round.filter((stall) => stall.phase === phase)),
  ])

/** The slowest statement of each phase. */
export const stallTable = (rounds: readonly (readonly Stall[])[]): string =>
  table(
    ['Phase', 'Longest, ms', 'Without a migration, ms', 'Ratio', 'Phase took, s'],
    phasesOf(rounds).map(([phase, found]) => [
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
    ]),
  )

/** The longest median stall, to say it in a sentence. */
export const worstStall = (
  rounds: readonly (readonly Stall[])[],
): { readonly phase: string; readonly milliseconds: number } =>
  phasesOf(rounds)
    .map(([phase, found]) => ({ phase, milliseconds: median(found.map(({ longest }) => longest.ours)) }))
    .reduce((most, each) => (each.milliseconds > most.milliseconds ? each : most), { phase: '', milliseconds: 0 })
