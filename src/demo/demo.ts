import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { count, duration } from '../cli/render/format.ts'
import { showControl } from './control.ts'
import { type DemoServer, type Engine, type EngineName, loadEngine } from './engine.ts'
import type { Rows } from './messages.ts'
import { commandLine, createMigrate } from './migrate.ts'
import { writeMigrations } from './migrations.ts'
import { reasons, report, verdict } from './report.ts'
import { createScreen, type Screen } from './screen.ts'
import { controlDatabase, databaseUrl, shopDatabase } from './shop.ts'
import { createStage } from './stage.ts'
import { showOurWay } from './story.ts'
import type { Site } from './traffic.ts'
import { isClean } from './way.ts'

/** How the demo is run. */
export interface DemoOptions {
  readonly engine: EngineName
  /** What the server's version begins with; the engine's own choice when it is left out. */
  readonly series: string | undefined
  /** How many orders the shop has; there are half as many customers. */
  readonly orders: number
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
 * The whole story on a server of the demo's own, in about a minute.
 *
 * @throws BellowsError when there is no server for this machine, a phase fails, or `signal` is aborted.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { keep, series, signal } = options
  const screen = createScreen(options.write, options.isTTY)
  const started = performance.now()
  const engine = await loadEngine(options.engine)
  const server = await engine.start({ series, keep, onMessage: screen.line, signal })
  const folder = await writeMigrations()
  screen.line(`${server.product} runs on port ${server.port}, started in ${since(started)}`)
  try {
    return await tell(options, screen, engine, server, folder, started)
  } finally {
    if (keep) for (const line of await leftBehind(engine, server, folder)) screen.line(line)
    else await Promise.all([server.stop(), rm(folder, { recursive: true, force: true })])
  }
}

async function tell(
  options: DemoOptions,
  screen: Screen,
  engine: Engine,
  server: DemoServer,
  folder: string,
  started: number,
): Promise<DemoResult> {
  const { signal } = options
  const rows: Rows = { customers: Math.ceil(options.orders / 2), orders: options.orders }
  const site = (database: string): Site => {
    return { name: options.engine, engine, url: databaseUrl(server.url, database), rows }
  }
  const asked = performance.now()
  await engine.seed(server.url, rows)
  const size = `${count(rows.customers)} customers and ${count(rows.orders)} orders`
  screen.line(`a shop with ${size}, and a copy of it, made in ${since(asked)}`)
  const stage = createStage(screen, {
    signal,
    started,
    // There is less to see in a small shop.
    patience: Math.min(1, Math.max(0.25, options.orders / 100_000)),
    pause: () => (options.pause ? enter(signal) : Promise.resolve()),
  })
  const control = await showControl(stage, site(controlDatabase))
  for (const reason of reasons(control)) screen.line(`    ${reason}`)
  const shop = site(shopDatabase)
  const ours = await showOurWay(stage, createMigrate({ folder, url: shop.url, signal }), shop)
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

async function leftBehind(engine: Engine, server: DemoServer, folder: string): Promise<readonly string[]> {
  const { client, before, after, endSignal } = await engine.lookAround(databaseUrl(server.url, shopDatabase), folder)
  return [
    '',
    client,
    `look around: ${before}node ${commandLine} history --dir ${path.join(folder, 'migrations')}${after}`,
    `stop it:     kill -${endSignal} ${server.pid}; rm -r ${server.folder} ${folder}`,
  ]
}
