/** Counts the requests of users; those of probes are not among them, or a draining instance would look like one that fails. */
export interface Metrics {
  readonly count: (route: string, code: number) => void
  /** In the text format of Prometheus. */
  readonly text: () => string
}

/**
 * Every route begins with a zero for 200 and for 500: a counter that is absent until the first failure gives a query of the share of
 * failures no answer, and `migrate gate` lets nothing pass by absence.
 */
export function createMetrics(version: string, routes: readonly string[]): Metrics {
  const counts = new Map<string, number>()
  const labels = (route: string, code: number): string => `route="${route}",code="${code}",version="${version}"`
  for (const route of routes) for (const code of [200, 500]) counts.set(labels(route, code), 0)
  return {
    count: (route, code) => void counts.set(labels(route, code), (counts.get(labels(route, code)) ?? 0) + 1),
    text: () =>
      [
        '# HELP http_requests_total Requests of users that were answered.',
        '# TYPE http_requests_total counter',
        ...[...counts].map(([of, value]) => `http_requests_total{${of}} ${value}`),
        '',
      ].join('\n'),
  }
}
