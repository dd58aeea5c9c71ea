import type { Registry } from 'prom-client'
import type { RunnerEvent } from '../../runner/events.ts'
import { gauge } from './make.ts'

/** How the gates of contract stood when they were last looked at. */
export function measureGates(registry: Registry): (event: RunnerEvent) => void {
  const labels = ['migration', 'gate', 'status'] as const
  const status = gauge(registry, 'gate_status', 'How the gate stood at the last look; always 1.', labels)
  const at = gauge(registry, 'gates_looked_timestamp_seconds', 'When the gates were last looked at.', ['migration'])
  const before = new Map<string, string>()
  return (event) => {
    if (event.kind !== 'gates') return
    const { migration } = event
    at.set({ migration }, Date.parse(event.at) / 1000)
    for (const { name: gate, status: now } of event.gates) {
      const key = JSON.stringify([migration, gate])
      const last = before.get(key)
      if (last !== undefined && last !== now) status.remove({ migration, gate, status: last })
      status.set({ migration, gate, status: now }, 1)
      before.set(key, now)
    }
  }
}
