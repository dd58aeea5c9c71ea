import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { count, duration } from '../cli/render/format.ts'
import { type EmbeddedServer, startEmbedded } from '../embedded/server.ts'
import { showControl } from './control.ts'
import { databaseUrl } from './database.ts'
import { commandLine, createMigrate } from './migrate.ts'
import { writeMigrations } from './migrations.ts'
import { reasons, report, verdict } from './report.ts'
import { createScreen, type Screen } from './screen.ts'
import * as seeding from './seed.ts'
import { createStage } from './stage.ts'
import { showOurWay } from './story.ts'
import { isClean } from './way.ts'

/** How the demo is run. */
export interface DemoOptions {
  /** Leave the server and the migrations for a look around. */
  readonly keep: boolean
  /** Wait for Enter after each phase. */
  readonly pause: boolean
  /** Takes a text without its last newline. */
  readonly write: (text: string) => void
  /** Draw over what is going on; without a terminal there are at most 60 lines. */
  readonly isTTY: boolean
  readonly signal: AbortSignal
}

/** How the demo went: `ok` when no statement of our way failed and every value was there. */
export interface DemoResult {
  readonly ok: boolean
}

/**
 * The whole story on an embedded PostgreSQL, in about a minute.
 *
 * @throws BellowsError when there is no server for this machine, a phase fails, or `signal` is aborted.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { keep, signal } = options
  const screen = createScreen(options.write, options.isTTY)
  const started = performance.now()
  const server = await startEmbedded({ major: 18, durable: false, keep, signal, settings: { shared_buffers: '256MB' } })
  const folder = await writeMigrations()
  screen.line(`PostgreSQL ${server.version} runs on port ${server.port}, started in ${since(started)}`)
  try {
    return await tell(options, screen, server, folder, started)
  } finally {
    if (keep) for (const line of leftBehind(server, folder)) screen.line(line)
    else await Promise.all([server.stop(), rm(folder, { recursive: true, force: true })])
  }
}

async function tell(
  options: DemoOptions,
  screen: Screen,
  server: EmbeddedServer,
  folder: string,
  started: number,
): Promise<DemoResult> {
  const { signal } = options
  const asked = performance.now()
  await seeding.seed(server.url)
  const { customers, orders } = seeding.rows
  const size = `${count(customers)} customers and ${count(orders)} orders`
  screen.line(`a shop with ${size}, and a copy of it, made in ${since(asked)}`)
  const stage = createStage(screen, signal, started, () => (options.pause ? enter(signal) : Promise.resolve()))
  const control = await showControl(stage, databaseUrl(server.url, seeding.control))
  for (const reason of reasons(control)) screen.line(`    ${reason}`)
  const url = databaseUrl(server.url, seeding.shop)
  const ours = await showOurWay(stage, createMigrate({ folder, url, signal }), url)
  for (const line of ['', ...report(control, ours), '', ...reasons(ours), verdict(ours)]) screen.line(line)
  return { ok: isClean(ours) }
}

const since = (started: number): string => duration(performance.now() - started)

/** Waits for a line, or for the end of the input. Without `terminal`, Ctrl-C is the signal that it is elsewhere. */
async function enter(signal: AbortSignal): Promise<void> {
  if (process.stdin.readableEnded || process.stdin.destroyed) return
  const reader = createInterface({ input: process.stdin, terminal: false })
  process.stderr.write('Enter goes on ')
  try {
    await Promise.race([once(reader, 'line', { signal }), once(reader, 'close', { signal })])
  } finally {
    reader.close()
  }
}

function leftBehind(server: EmbeddedServer, folder: string): readonly string[] {
  const url = databaseUrl(server.url, seeding.shop)
  return [
    '',
    `psql ${url}`,
    `look around: DATABASE_URL=${url} node ${commandLine} history --dir ${path.join(folder, 'migrations')}`,
    `stop it:     kill -INT ${server.pid}; rm -r ${path.dirname(server.dataDir)} ${folder}`,
  ]
}
