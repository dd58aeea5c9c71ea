import { count } from '../../../src/cli/render/format.ts'
import { table } from '../../../src/cli/render/table.ts'
import type { Told } from './story.ts'

/** Requests that failed and that the planted bug does not account for. */
function failed({ counts, planted }: Told): number {
  return counts.failed - planted
}

/** What speaks against a story; empty when all went as it should. */
export function complaints(told: Told): readonly string[] {
  const { counts, ledger, tally, balancer, planted, surprises, expectsBug } = told
  return [
    failed(told) !== 0 ? `${count(failed(told))} requests failed` : null,
    ledger.lost.length > 0 ? `${count(ledger.lost.length)} times a write was lost` : null,
    tally.broken > 0 ? `${count(tally.broken)} instances ended without draining` : null,
    // A load that asks nothing, or whose answers nobody counts, has no failures either.
    counts.requests !== balancer.requests || counts.code5xx !== balancer.failed
      ? `HAProxy counts ${count(balancer.requests)} requests and ${count(balancer.failed)} answers with 5xx`
      : null,
    ledger.acknowledged < 100 ? `only ${count(ledger.acknowledged)} writes were acknowledged` : null,
    counts.negotiated === 0 ? 'no client got the new format that asked for it' : null,
    counts.additive === 0 ? 'v2 answered no old client' : null,
    expectsBug && planted === 0 ? 'the planted bug made nothing fail' : null,
    ...surprises,
  ].filter((complaint) => complaint !== null)
}

/** The stories side by side. */
export function report(stories: readonly Told[]): readonly string[] {
  const row = (label: string, value: (told: Told) => number): readonly string[] => [
    label,
    ...stories.map((told) => count(value(told))),
  ]
  const rows = [
    ['', ...stories.map(({ title }) => title)],
    row('requests', ({ counts }) => counts.requests),
    row('  failed', failed),
    row('  failed by the planted bug', ({ planted }) => planted),
    row('  answered by v2 with both names', ({ counts }) => counts.additive),
    row('  answered in the new format by type', ({ counts }) => counts.negotiated),
    row('  slowest answer, ms', ({ counts }) => counts.slowest),
    row('writes acknowledged', ({ ledger }) => ledger.acknowledged),
    row('  names read back', ({ ledger }) => ledger.compared),
    row('  lost', ({ ledger }) => ledger.lost.length),
    row('instances drained', ({ tally }) => tally.drained),
    row('  ended otherwise', ({ tally }) => tally.broken),
  ]
  return table(
    rows,
    stories.map((_, index) => index + 1),
  ).split('\n')
}

const shown = 3

/** What failed and what was lost, some of each, and what speaks against the story. */
export function details(told: Told): readonly string[] {
  const { title, counts, ledger, tally } = told
  const against = complaints(told)
  if (against.length === 0) return []
  const most = (reasons: ReadonlyMap<string, number>): readonly string[] =>
    [...reasons]
      .sort(([, a], [, b]) => b - a)
      .slice(0, shown)
      .map(([reason, times]) => `    ${count(times)} × ${reason}`)
  return [
    ...against.map((complaint) => `${title}: ${complaint}`),
    ...most(counts.reasons),
    ...most(tally.failures),
    ...ledger.lost.slice(0, shown).map((lost) => `    ${lost}`),
  ]
}
