import type { Registry } from 'prom-client'
import type { RunnerEvent } from '../../runner/events.ts'
import { counter, gauge } from './make.ts'

/** Which phase of which migration is under way, and how far its steps are. */
export function measurePhases(registry: Registry): (event: RunnerEvent) => void {
  const labels = ['migration', 'phase'] as const
  const running = gauge(registry, 'phase_info', 'The phase that is under way; always 1.', labels)
  const started = gauge(registry, 'phase_started_timestamp_seconds', 'When this command began with the phase.', labels)
  const succeeded = gauge(registry, 'phase_last_success_timestamp_seconds', 'When the phase was over.', labels)
  const steps = gauge(registry, 'phase_steps', 'Steps that were left when this command began with the phase.', labels)
  const done = counter(registry, 'phase_steps_done_total', 'Steps that this command has carried out.', labels)
  return (event) => {
    if (event.kind !== 'phase-started' && event.kind !== 'phase-finished' && event.kind !== 'step-finished') return
    const of = { migration: event.migration, phase: event.phase }
    const seconds = Date.parse(event.at) / 1000
    if (event.kind === 'step-finished') done.inc(of)
    if (event.kind === 'phase-finished') {
      running.remove(of)
      succeeded.set(of, seconds)
    }
    if (event.kind !== 'phase-started') return
    running.set(of, 1)
    started.set(of, seconds)
    steps.set(of, event.steps)
    done.inc(of, 0)
  }
}
