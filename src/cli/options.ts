import type { OptionSpec } from './session.ts'

/** Before and after every command. */
export const globalOptions: readonly OptionSpec[] = [
  { flags: '--database-url <url>', help: 'the database (better in DATABASE_URL, out of the process list)' },
  { flags: '--database-url-file <file>', help: 'a file that holds the URL: a mounted secret' },
  { flags: '--config <file>', help: 'the config file (found as migrate.config.* otherwise)' },
  { flags: '--dir <folder>', help: 'the migrations folder (./migrations)' },
  { flags: '--json', help: 'exactly one JSON document on stdout' },
  { flags: '--log-format <format>', help: 'how stderr is written', choices: ['text', 'json'] },
  { flags: '--verbose', help: 'stacks and causes of errors' },
  { flags: '--no-color', help: 'no colours' },
]

/** For every command that connects. */
export const connection: readonly OptionSpec[] = [
  { flags: '--state-schema <schema>', help: 'the schema of our own tables (bellows)' },
  { flags: '--set-role <role>', help: 'become this role after connecting: the owner of the tables' },
  { flags: '--connect-timeout <duration>', help: 'how long to try to connect (30s)' },
]

/** For every command that writes. */
export const writing: readonly OptionSpec[] = [
  { flags: '--dry-run', help: 'show what would run, and touch nothing' },
  { flags: '--lock-timeout <duration>', help: 'how long one try may wait for a lock (500ms)' },
  { flags: '--lock-budget <duration>', help: 'how long to go on trying for a lock (10m)' },
  { flags: '--lease-wait <duration>', help: 'how long to wait for another runner (60s)' },
  { flags: '--lease-ttl <duration>', help: 'how long a lease lasts without being renewed (15s)' },
  { flags: '--actor <name>', help: 'who runs this, for the history' },
  { flags: '--app-version <version>', help: 'the version that is being deployed, for the history' },
  { flags: '--git-revision <revision>', help: 'the revision that is being deployed, for the history' },
]

/** For commands that run into hazards. */
export const accepting: readonly OptionSpec[] = [
  { flags: '--accept <hazard>', help: 'go on in spite of this hazard; again for each', many: true },
]

/** For commands that may run for long. */
export const metrics: readonly OptionSpec[] = [
  { flags: '--metrics-port <port>', help: 'serve /metrics, /live and /ready on this port while it runs' },
  { flags: '--metrics-host <address>', help: 'on this address alone (all of them)' },
  { flags: '--metrics-file <file>', help: 'write the metrics to this file when it ends, for a textfile collector' },
]

/** How fast a backfill goes. */
export const pace: readonly OptionSpec[] = [
  { flags: '--batch-time <duration>', help: 'how long one batch should take (200ms)' },
  { flags: '--max-rate <rows>', help: 'rows a second at most' },
  { flags: '--parallel <workers>', help: 'batches at the same time, each on a connection of its own (1; at most 16)' },
  { flags: '--max-duration <duration>', help: 'stop after this long with exit 75, everything saved' },
]

/** What decides whether the old version is gone. */
export const gates: readonly OptionSpec[] = [
  { flags: '--quiet-period <duration>', help: 'how long nobody must have used the old shape (10m)' },
  { flags: '--old-app <pattern>', help: "the old version's sessions, by application_name or user", many: true },
  { flags: '--allow-app <pattern>', help: 'who may be connected, in the same way; whoever else is closes', many: true },
  {
    flags: '--through-pooler <how>',
    help: 'apps come through a transaction pooler',
    choices: ['shared-users', 'user-per-version'],
  },
  {
    flags: '--fence <user>',
    help: "a database user of the old version's: contract locks it out first, and ends its sessions; again for each",
    many: true,
  },
  { flags: '--min-age <duration>', help: 'how long the backfill has to be over' },
  { flags: '--evidence-file <file>', help: 'which pods there are: what `kubectl get pods -o json` printed' },
  { flags: '--evidence-max-age <duration>', help: 'how old that may be (5m)' },
  {
    flags: '--require-gate <gate>',
    help: 'what is only told otherwise closes contract: prepared, transactions, consumers, statements, check, heartbeats',
    many: true,
  },
  {
    flags: '--environment <name>',
    help: 'whose versions of apps the gates check, heartbeats and pods go by (default)',
  },
]

/** For commands that ask on a terminal. */
export const consenting: readonly OptionSpec[] = [{ flags: '--yes', help: 'do not ask' }]

/** Why a gate is forced or a loss accepted; kept in the history. */
export const reasoning: readonly OptionSpec[] = [{ flags: '--reason <text>', help: 'why, for the history' }]

/** Which versions of the apps count. */
export const appVersions: readonly OptionSpec[] = [
  { flags: '--environment <name>', help: 'whose registered versions of apps count (default)' },
  { flags: '--rollback-window <duration>', help: 'how long a retired version may come back, and counts as old (24h)' },
]
