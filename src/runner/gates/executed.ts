import type { StatementStatistics, StatementUse } from '../../dialects/statement-use.ts'

type Told = Extract<StatementStatistics, { told: true }>

/** How often each statement had been executed at a moment, by its key; and what the statistics had lost. */
export interface Counted {
  /** From when on they count: other numbers are not to be compared. */
  readonly since: string | null
  readonly lost: number
  readonly calls: Readonly<Record<string, number>>
}

/** The same with its time. */
export type CountedLook = Counted & { readonly at: string }

/** Something that was executed, or may have been, since the window began. */
export interface Executed {
  /** `lost`: something that the statistics do not tell. */
  readonly reads: StatementUse['reads'] | 'lost'
  readonly text: string
  /** Not earlier than this; null where no earlier look is there to tell. */
  readonly after: string | null
  /** In the window, and not only between a look before it and now. */
  readonly certain: boolean
  /** When it counts no more, if it is not executed again. ISO 8601. */
  readonly until: string
}

/** What is kept of a look. Null where there is nothing to compare: each statement has its time. */
export function countedOf({ uses, lost, since }: Told): Counted | null {
  if (lost === null) return null
  const calls = uses.flatMap(({ key, calls: times }) => (times === null ? [] : [[key, times] as const]))
  return { since, lost: lost.count, calls: Object.fromEntries(calls) }
}

/** Is it worth keeping? What was the same in two looks was not executed in between, so the older one says as much as both. */
export function isNews(counted: Counted, looks: readonly CountedLook[]): boolean {
  const last = looks.at(-1)
  if (last === undefined || last.since !== counted.since || last.lost !== counted.lost) return true
  const keys = new Set([...Object.keys(counted.calls), ...Object.keys(last.calls)])
  return [...keys].some((key) => counted.calls[key] !== last.calls[key])
}

/**
 * What was executed from a moment until now, by what is told now and by earlier looks. Pure. What was executed between two looks may have
 * been so at any time between them.
 *
 * @param window from when until when, ISO 8601
 */
export function executedSince(
  told: Told,
  looks: readonly CountedLook[],
  window: { readonly from: string; readonly now: string },
): readonly Executed[] {
  const timed = told.uses.flatMap(({ reads, text, last }): readonly Executed[] =>
    last === null ? [] : [{ reads, text, after: null, certain: true, until: later(last, window) }],
  )
  const now = countedOf(told)
  if (now === null) return timed
  const comparable = looks.filter(({ since }) => since === now.since)
  const compare = (reads: Executed['reads'], text: string, of: (counted: Counted) => number): readonly Executed[] => {
    const found = lastChange(of(now), comparable, of, window)
    return found === null ? [] : [{ reads, text, ...found }]
  }
  const gone = Object.keys(comparable.at(-1)?.calls ?? {}).filter((key) => now.calls[key] === undefined)
  return [
    ...timed,
    ...told.uses
      .filter(({ calls }) => calls !== null)
      .flatMap(({ key, reads, text }) => compare(reads, text, ({ calls }) => calls[key] ?? 0)),
    ...compare('lost', told.lost?.what ?? '', ({ lost }) => lost),
    ...gone.flatMap((key) => compare('lost', 'entries of the statistics were reset', ({ calls }) => calls[key] ?? 0)),
  ]
}

/** When a count came to be what it is now, and no longer ago than the window; null where it was that before. */
function lastChange(
  count: number,
  looks: readonly CountedLook[],
  of: (counted: Counted) => number,
  window: { readonly from: string; readonly now: string },
): Omit<Executed, 'reads' | 'text'> | null {
  const differs = looks.findLastIndex((look) => of(look) !== count)
  const before = looks[differs]
  const same = looks[differs + 1]
  // A statement that was never executed needs no look to have been there.
  if (same !== undefined && same.at <= window.from) return null
  return {
    after: before?.at ?? null,
    certain: before !== undefined && before.at >= window.from,
    until: later(same?.at ?? window.now, window),
  }
}

/** So long after a moment as the window is long. */
function later(moment: string, { from, now }: { readonly from: string; readonly now: string }): string {
  return new Date(Date.parse(moment) + Date.parse(now) - Date.parse(from)).toISOString()
}
