import type { Registry } from 'prom-client'
import type { RunnerEvent } from '../../runner/events.ts'
import { counter, gauge } from './make.ts'

/** The leases, what is waited for, and what is tried again. */
export function measureWaiting(registry: Registry): (event: RunnerEvent) => void {
  const held = gauge(registry, 'lease_held', 'Whether this command holds the lease.', ['lease'])
  const renewed = gauge(registry, 'heartbeat_timestamp_seconds', 'When the lease was last taken or renewed.', ['lease'])
  const waiting = gauge(registry, 'waiting_info', 'What this command waits for; always 1.', ['what'])
  const retries = counter(registry, 'retries_total', 'Attempts that failed and were made again.', ['class'])
  const warnings = counter(registry, 'warnings_total', 'Warnings.')
  return (event) => {
    if (endsWaiting(event)) waiting.reset()
    if (event.kind === 'lease') {
      const holds = event.state === 'taken' || event.state === 'renewed'
      held.set({ lease: event.lease }, holds ? 1 : 0)
      if (holds) renewed.set({ lease: event.lease }, Date.parse(event.at) / 1000)
    }
    if (event.kind === 'retry') retries.inc({ class: event.code ?? 'other' })
    if (event.kind === 'warning') warnings.inc()
    if (event.kind === 'waiting') waiting.set({ what: event.what }, 1)
  }
}

/** While it waits for gates it takes the lease again and again, and looks. */
function endsWaiting(event: RunnerEvent): boolean {
  return event.kind === 'progress' || event.kind === 'step-started' || event.kind === 'phase-started'
}
