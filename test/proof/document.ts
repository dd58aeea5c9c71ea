import { availableParallelism } from 'node:os'

/** How many tests ended how. */
export interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** What one run of the whole matrix found. */
export interface Proof {
  readonly date: string
  readonly commit: string
  /** False when the tree had changes that are not in the commit. */
  readonly clean: boolean
  readonly minutes: number
  readonly errors: number
  /** Counts by folder of test/. */
  readonly rooms: readonly (readonly [string, Count])[]
  /** Counts of the tests that have a server in their title. */
  readonly servers: readonly (readonly [string, Count])[]
}

const what: Readonly<Record<string, string>> = {
  catalog: 'the reader of catalogs, against pg_dump',
  crash: 'the runner killed at every statement of every phase, of both rollbacks and of purge, for every intent',
  e2e: 'the demo, as a process',
  integration: 'gates, order, races, input, privileges, connections, checks, plans against the server’s log',
  live: 'one statement after another in every phase',
  properties: 'random lenses, operations and orders of commands, against a model',
  traffic: 'four writers of each version in every phase and every way back',
  unit: 'planner, parsers, rendering, golden plans',
}

const row = ([name, { passed, failed, skipped }]: readonly [string, Count], about?: string): string =>
  `| ${[name, ...(about === undefined ? [] : [about]), passed, failed, skipped].join(' | ')} |`

const sorted = (counts: readonly (readonly [string, Count])[]): readonly (readonly [string, Count])[] =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1))

/** docs/proof.md. */
export function proofDocument({ date, commit, clean, minutes, errors, rooms, servers }: Proof): string {
  const failed = rooms.reduce((sum, [, count]) => sum + count.failed, 0) + errors
  return `# Proof

Made by \`npm run test:matrix\`, which runs every test on every server. Do not edit: the next run writes it anew.

**${failed === 0 ? 'Everything passed' : `${failed} failed`}** on ${date}, commit ${commit}${clean ? '' : ' with changes'}, in ${minutes} minutes on ${availableParallelism()} cores with Node ${process.versions.node}.

| tests in | what they try | passed | failed | skipped |
|---|---|---|---|---|
${sorted(rooms)
  .map((count) => row(count, what[count[0]] ?? ''))
  .join('\n')}

| server | passed | failed | skipped |
|---|---|---|---|
${sorted(servers)
  .map((count) => row(count))
  .join('\n')}
`
}
