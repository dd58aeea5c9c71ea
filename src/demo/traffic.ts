import { count, duration } from '../cli/render/format.ts'
import { type App, startApp } from './apps.ts'
import type { Engine, EngineName } from './engine.ts'
import type { Rows, Sample, Version } from './messages.ts'
import { sparkline } from './sparkline.ts'
import { add, type Tallies } from './tally.ts'

/** The versions that run against one database, and what they did since the phase began. */
export interface Traffic {
  readonly start: (version: Version) => Promise<void>
  readonly stop: (version: Version) => Promise<void>
  /** Ends all of them, at once and without their last word. */
  readonly kill: () => void
  /** From here on figures are counted anew. */
  readonly nextPhase: () => void
  /** A line for each version that did something in this phase. */
  readonly figures: () => readonly string[]
}

/** A database that the versions run against. */
export interface Site {
  readonly name: EngineName
  readonly engine: Engine
  readonly url: string
  readonly rows: Rows
}

/** For each version: enough to keep two cores busy, few enough to leave the backfill some of them. */
const connections = 3

/** Nobody runs yet. `onSample` is told when there is something new to show. */
export function createTraffic({ name, url, rows }: Site, tallies: Tallies, onSample: () => void): Traffic {
  const apps = new Map<Version, App>()
  const phase: Record<Version, Sample[]> = { v1: [], v2: [] }
  return {
    start: async (version) => {
      const given = { version, engine: name, url, rows, connections }
      const app = await startApp(given, (sample) => {
        add(tallies[version], sample)
        phase[version].push(sample)
        onSample()
      })
      apps.set(version, app)
    },
    stop: async (version) => {
      await apps.get(version)?.stop()
      apps.delete(version)
    },
    kill: () => {
      for (const app of apps.values()) app.kill()
    },
    nextPhase: () => {
      phase.v1 = []
      phase.v2 = []
    },
    figures: () =>
      (['v1', 'v2'] as const)
        .filter((version) => phase[version].length > 0)
        .map((version) => line(version, phase[version])),
  }
}

function line(version: Version, samples: readonly Sample[]): string {
  const rates = samples.map(({ statements, milliseconds }) => (statements * 1000) / Math.max(1, milliseconds))
  const p50s = samples.map(({ p50 }) => p50)
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const sum = (of: 'statements' | 'milliseconds' | 'failed'): number => samples.reduce((all, each) => all + each[of], 0)
  const longest = Math.max(...samples.map((sample) => sample.longest))
  return [
    `    ${version} ${sparkline(rates, 14).padEnd(14)} ${count((sum('statements') * 1000) / Math.max(1, sum('milliseconds'))).padStart(5)} statements/s`,
    `p50 ${sparkline(p50s, 8).padEnd(8)} ${mean(p50s).toFixed(1).padStart(4)} ms`,
    `longest ${duration(longest).padStart(5)}`,
    `${count(sum('failed'))} failed`,
  ].join('  ')
}
