import { Histogram, type Registry } from 'prom-client'
import type { RunnerEvent } from '../../runner/events.ts'
import { counter, gauge } from './make.ts'

type Progress = Extract<RunnerEvent, { kind: 'progress' }>

const labels = ['migration', 'table'] as const

/** How far a backfill and a comparison are. */
export function measureRows(registry: Registry): (event: RunnerEvent) => void {
  const measured = { backfill: measureDoing(registry, 'backfill'), verify: measureDoing(registry, 'verify') }
  const differing = gauge(
    registry,
    'dual_write_mismatch_rows',
    'Rows whose shapes differ, as the last comparison found, or the one under way until now.',
    labels,
  )
  return (event) => {
    if (event.kind !== 'progress') return
    measured[event.doing](event)
    if (event.mismatches !== undefined) differing.set(of(event), event.mismatches)
  }
}

const of = ({ migration, table }: Progress): { migration: string; table: string } => ({ migration, table })

function measureDoing(registry: Registry, doing: Progress['doing']): (event: Progress) => void {
  const name = (rest: string): string => `${doing}_${rest}`
  const passed = counter(registry, name('rows_total'), 'Rows that this command has gone through.', labels)
  const done = gauge(
    registry,
    name('rows_done'),
    'Rows gone through, also by earlier runs that this one goes on.',
    labels,
  )
  const estimated = gauge(registry, name('rows_estimated'), 'How many rows there are, as far as is known.', labels)
  const ratio = gauge(registry, name('progress_ratio'), 'rows_done of rows_estimated, from 0 to 1.', labels)
  const rate = gauge(registry, name('rows_per_second'), 'Rows a second since this command began with them.', labels)
  const left = gauge(registry, name('eta_seconds'), 'How long it will take at that rate.', labels)
  const batches = new Histogram({
    name: `bellows_${name('batch_duration_seconds')}`,
    help: 'How long a batch took, with what it waited for locks.',
    labelNames: [...labels],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
    registers: [registry],
  })
  return (event) => {
    passed.inc(of(event), event.batchRows)
    done.set(of(event), event.rowsDone)
    estimated.set(of(event), event.rowsTotal)
    ratio.set(of(event), event.rowsTotal <= 0 ? 1 : Math.min(1, event.rowsDone / event.rowsTotal))
    rate.set(of(event), event.rowsPerSecond)
    if (event.etaSeconds === null) left.remove(of(event))
    else left.set(of(event), event.etaSeconds)
    batches.observe(of(event), event.batchMilliseconds / 1000)
  }
}
