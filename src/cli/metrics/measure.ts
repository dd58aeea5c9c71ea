import { Registry } from 'prom-client'
import type { RunnerEvent } from '../../runner/events.ts'
import { measureGates } from './gates.ts'
import { gauge } from './make.ts'
import { measurePhases } from './phases.ts'
import { measureRows } from './rows.ts'
import { measureWaiting } from './waiting.ts'

/** What a run tells of itself, made from its events. */
export interface Measured {
  readonly event: (event: RunnerEvent) => void
  readonly end: (exitCode: number) => void
  /** In the text format of Prometheus. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** What is counted of a run, in a registry of its own: several may be in one process. Loads prom-client. */
export function measure(command: string, version: string): Measured {
  const registry = new Registry()
  const begun = Date.now()
  gauge(registry, 'build_info', 'The version of Bellows; always 1.', ['version']).set({ version }, 1)
  gauge(registry, 'run_info', 'The command that runs; always 1.', ['command']).set({ command }, 1)
  gauge(registry, 'run_started_timestamp_seconds', 'When the command began.').set(begun / 1000)
  const took = gauge(registry, 'run_duration_seconds', 'How long the command has been running, or ran.')
  const listeners = [measurePhases(registry), measureRows(registry), measureGates(registry), measureWaiting(registry)]
  return {
    event: (event) => {
      for (const listener of listeners) listener(event)
    },
    end: (code) => {
      gauge(registry, 'run_exit_code', 'What the command ended with.').set(code)
      // A file that is read for days after a failure says of nothing that it is under way.
      for (const name of ['phase_info', 'waiting_info']) registry.getSingleMetric(`bellows_${name}`)?.reset()
    },
    text: () => {
      took.set((Date.now() - begun) / 1000)
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
