import { count, duration } from '../cli/render/format.ts'
import { table } from '../cli/render/table.ts'
import { failuresOf } from './tally.ts'
import { isClean, mismatchesOf, type Way } from './way.ts'

/** Both ways side by side. */
export function report(control: Way, ours: Way): readonly string[] {
  const row = (label: string, value: (way: Way) => string): readonly string[] => [label, value(control), value(ours)]
  const longest = ({ tallies }: Way): number => Math.max(tallies.v1.longest, tallies.v2.longest)
  const checked = ({ tallies, compared }: Way): number => tallies.v1.checked + tallies.v2.checked + compared
  const rows = [
    ['', 'plain ALTER TABLE', 'bellows'],
    row('statements of v1', ({ tallies }) => count(tallies.v1.statements)),
    row('  failed', ({ tallies }) => count(tallies.v1.failed)),
    row('statements of v2', ({ tallies }) => count(tallies.v2.statements)),
    row('  failed', ({ tallies }) => count(tallies.v2.failed)),
    row('values compared', (way) => count(checked(way))),
    row('  mismatches', (way) => count(mismatchesOf(way))),
    row('longest stall of a statement', (way) => duration(longest(way))),
  ]
  return table(rows, [1, 2]).split('\n')
}

/** What failed, for each version; at most a few lines. */
export function reasons({ tallies }: Way): readonly string[] {
  return (['v1', 'v2'] as const).flatMap((version) =>
    failuresOf(tallies[version])
      .slice(0, 2)
      .map((text) => `${version}: ${text}`),
  )
}

/** The last line. */
export function verdict(ours: Way): string {
  return isClean(ours)
    ? 'bellows: no statement failed, no value was lost'
    : 'bellows: something failed, which must not be; please report it with what is above'
}
