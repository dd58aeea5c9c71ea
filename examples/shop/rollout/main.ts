/**
 * Rolls the shop out from v1 to v2 and back, under load, with its database migrated in between, and says what that cost.
 *
 *     npm run example:rollout [-- --dialect postgres|mysql|mariadb] [--sabotage kill|trigger]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { loadEngine } from '../../../src/demo/engine.ts'
import { exitCodes, isBellowsError } from '../../../src/errors.ts'
import { startBalancer } from './balancer.ts'
import { complaints, details, report } from './report.ts'
import { bug, type Place, rollout, type Sabotage, type Told } from './story.ts'
import { findTools, howToGet } from './tools.ts'
import { startWatcher } from './watcher.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Says why nothing is done. */
function refuse(code: number, ...lines: readonly string[]): never {
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.exit(code)
}

function asked(): {
  readonly dialect: 'postgres' | 'mysql' | 'mariadb'
  readonly series: string | undefined
  readonly sabotage: Sabotage
} {
  try {
    const options = {
      dialect: { type: 'string' },
      'server-version': { type: 'string' },
      sabotage: { type: 'string' },
    } as const
    const { values } = parseArgs({ options })
    const { dialect = 'postgres', sabotage } = values
    if (dialect !== 'postgres' && dialect !== 'mysql' && dialect !== 'mariadb')
      throw new Error(`--dialect is postgres, mysql or mariadb, not ${dialect}`)
    if (sabotage !== undefined && sabotage !== 'kill' && sabotage !== 'trigger')
      throw new Error(`--sabotage is kill or trigger, not ${sabotage}`)
    return { dialect, series: values['server-version'], sabotage }
  } catch (error) {
    return refuse(exitCodes.usage, String((error as Error).message))
  }
}

const { dialect, series, sabotage } = asked()
const { tools, missing } = findTools()
if (missing.length > 0) {
  refuse(
    exitCodes.refused,
    `The rollout needs ${missing.join(' and ')}, which this machine does not have. Nothing was started.`,
    `Get what is missing with: ${howToGet(missing)}`,
  )
}

const stopping = new AbortController()
const { signal } = stopping
let stopped: NodeJS.Signals | undefined
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => {
    stopped = name
    stopping.abort()
  })
}

/** Plays both stories, or the one that is spoiled. */
async function play(place: Place): Promise<readonly Told[]> {
  const first = await rollout(place, sabotage)
  if (sabotage !== undefined) return [first]
  say('')
  say('The same with a bug in v2, which answers every third renaming with 500:')
  return [first, await bug(place)]
}

async function run(): Promise<number> {
  const engine = await loadEngine(dialect)
  const server = await engine.start({ series, keep: false, onMessage: say, signal })
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-rollout-'))
  const stops: (() => Promise<void>)[] = [() => server.stop(), () => rm(folder, { recursive: true, force: true })]
  try {
    const balancer = await startBalancer(tools.haproxy, folder)
    stops.unshift(balancer.stop)
    const watcher = await startWatcher(tools.prometheus, folder)
    stops.unshift(watcher.stop)
    say(`${server.product}, HAProxy on port ${balancer.port}, Prometheus on port ${new URL(watcher.url).port}`)
    const stories = await play({ serverUrl: server.url, balancer, watcher, say, signal })
    for (const line of ['', ...report(stories), '', ...stories.flatMap(details)]) say(line)
    const good = stories.every((told) => complaints(told).length === 0)
    say(good ? '0 failed requests, 0 lost writes.' : 'This is not what a rollout should cost.')
    return good ? exitCodes.ok : exitCodes.internal
  } finally {
    for (const stop of stops) await stop()
  }
}

try {
  process.exitCode = await run()
} catch (error) {
  if (stopped !== undefined) process.exitCode = stopped === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
  else if (isBellowsError(error)) refuse(error.exitCode, error.message, ...(error.hint === null ? [] : [error.hint]))
  else throw error
}
