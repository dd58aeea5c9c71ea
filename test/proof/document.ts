import { availableParallelism } from 'node:os'

/** What the last whole run on one server found. */
export interface Row {
  /** The server as `SERVERS` names it; `any` for the tests that are not made for each server. */
  readonly server: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly date: string
  /** With a `+` when the tree had changes that are not in the commit. */
  readonly commit: string
}

const rooms: Readonly<Record<string, string>> = {
  catalog: 'the reader of catalogs, against pg_dump and against what MySQL and MariaDB say of their tables',
  crash:
    'the runner killed at every statement of every phase, of both rollbacks and of purge, for every intent, while the app writes',
  e2e: 'the demo, as a process',
  integration: 'gates, order, races, input, privileges, connections, checks, plans against the server’s log',
  mysql:
    'what is particular to MySQL and MariaDB: locked sections, the server killed in mid-change, waiting readers, settings, refusals',
  properties: 'random lenses, operations and orders of commands, against a model',
  traffic: 'four writers of each version in every phase and every way back, for every intent',
  unit: 'planner, parsers, rendering, golden plans',
}

const head = '| server | passed | failed | skipped | date | commit |'

/** The rows of a docs/proof.md as it is. */
export function rowsOf(document: string): readonly Row[] {
  const [, table = ''] = document.split(head)
  return table.split('\n').flatMap((line) => {
    const [, server = '', passed, failed, skipped, date = '', commit = ''] = line.split('|').map((cell) => cell.trim())
    if (!/^(any|[a-z]+\d+)$/.test(server)) return []
    return [{ server, passed: Number(passed), failed: Number(failed), skipped: Number(skipped), date, commit }]
  })
}

/** The rows of this run, and of servers that it did not have, those that were there. */
export function merged(old: readonly Row[], found: readonly Row[]): readonly Row[] {
  const kept = old.filter(({ server }) => found.every((row) => row.server !== server))
  return [...kept, ...found].sort((a, b) => (a.server < b.server ? -1 : 1))
}

/** docs/proof.md. */
export function proofDocument(rows: readonly Row[]): string {
  const failed = rows.reduce((sum, row) => sum + row.failed, 0)
  return `# Proof

Made by \`npm run test:matrix\`, which runs every test on every server, or on those that \`SERVERS\` names. Do not edit: the next
whole run writes the rows of its servers anew.

**${failed === 0 ? 'Everything passed' : `${failed} failed`}**, on ${availableParallelism()} cores with Node ${process.versions.node}.

${head}
|---|---|---|---|---|---|
${rows.map(({ server, passed, failed, skipped, date, commit }) => `| ${[server, passed, failed, skipped, date, commit].join(' | ')} |`).join('\n')}

The row \`any\` counts tests that run once: those that need no server, and those of which one server is enough. A server
without a row was not run as a whole.

What the folders of \`test/\` try:

${Object.entries(rooms)
  .map(([room, what]) => `- \`${room}\`: ${what}`)
  .join('\n')}
`
}
