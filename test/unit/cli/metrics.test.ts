import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Measured, measure } from '../../../src/cli/metrics/measure.ts'
import type { RunnerEvent } from '../../../src/runner/events.ts'
import { readMetrics, type Sample } from '../../prometheus/read-metrics.ts'

const at = '2026-01-02T12:00:00.000Z'
const noon = Date.parse(at) / 1000

type Body = RunnerEvent extends infer E ? (E extends RunnerEvent ? Omit<E, 'at'> : never) : never
type Progress = Extract<RunnerEvent, { kind: 'progress' }>

function measured(...events: readonly Body[]): Measured {
  const made = measure('backfill', '1.2.3')
  for (const event of events) made.event({ at, ...event } as RunnerEvent)
  return made
}

const samples = async (made: Measured): Promise<readonly Sample[]> => readMetrics(await made.text())

/** The values of a metric, by their labels. */
async function values(made: Measured, name: string): Promise<Record<string, number>> {
  const found = (await samples(made)).filter((each) => each.name === `bellows_${name}`)
  return Object.fromEntries(found.map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

const progress = (rest: Partial<Progress> = {}): Body => ({
  kind: 'progress',
  migration: 'm',
  table: 'users',
  doing: 'backfill',
  rowsDone: 300,
  rowsTotal: 1000,
  rowsPerSecond: 100,
  etaSeconds: 7,
  batchRows: 100,
  batchMilliseconds: 150,
  ...rest,
})

const everything: readonly Body[] = [
  { kind: 'connected', role: 'worker' },
  { kind: 'lease', lease: 'data:m', state: 'taken' },
  { kind: 'phase-started', migration: 'm', phase: 'expand', steps: 1 },
  { kind: 'step-finished', migration: 'm', phase: 'expand', step: 's', milliseconds: 1 },
  { kind: 'phase-finished', migration: 'm', phase: 'expand', milliseconds: 1 },
  { kind: 'phase-started', migration: 'm', phase: 'backfill', steps: 3 },
  progress(),
  progress({ doing: 'verify', mismatches: 0 }),
  { kind: 'gates', migration: 'm', gates: [{ name: 'backfill', status: 'ok' }] },
  { kind: 'retry', what: 'x', attempt: 1, waitMilliseconds: 1, reason: 'x', code: 'database.deadlock', blockers: [] },
  { kind: 'warning', message: 'careful' },
  { kind: 'waiting', what: 'gates', reason: 'closed' },
]

describe('the metrics of a run', () => {
  test('are those of docs/metrics.md, with these types and labels', async () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8')
    const rows = [...page.matchAll(/^\| `(bellows_\w+)` \| (\w+) \|([^|]*)\|/gm)].map(
      ([, name, type, labels = '']) => ({
        name: name ?? '',
        type: type ?? '',
        labels: [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1]).sort(),
      }),
    )
    const documented = rows.flatMap((row) => {
      if (!row.name.startsWith('bellows_backfill_')) return [row]
      return [row, { ...row, name: row.name.replace('backfill', 'verify') }]
    })
    const made = measured(...everything)
    made.end(0)
    const text = await made.text()
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
    expect(types.toSorted()).toEqual(documented.map(({ name, type }) => `${name} ${type}`).toSorted())
    for (const { name, labels } of readMetrics(text)) {
      const [row] = documented.filter((each) => name.replace(/_(bucket|sum|count)$/, '') === each.name)
      expect(
        Object.keys(labels)
          .filter((label) => label !== 'le')
          .sort(),
        name,
      ).toEqual(row?.labels)
    }
  })

  test('say how far the rows are, how fast, and how long it takes', async () => {
    const made = measured(progress(), progress({ rowsDone: 400 }))
    for (const [name, value] of [
      ['backfill_rows_total', 200],
      ['backfill_rows_done', 400],
      ['backfill_rows_estimated', 1000],
      ['backfill_progress_ratio', 0.4],
      ['backfill_rows_per_second', 100],
      ['backfill_eta_seconds', 7],
      ['backfill_batch_duration_seconds_count', 2],
      ['backfill_batch_duration_seconds_sum', 0.3],
    ] as const)
      expect(await values(made, name), name).toEqual({ 'm users': value })
    const over = measured(progress({ etaSeconds: null }), progress({ rowsTotal: 0, etaSeconds: null }))
    expect(await values(over, 'backfill_eta_seconds')).toEqual({})
    expect(await values(over, 'backfill_progress_ratio')).toEqual({ 'm users': 1 })
  })

  test('tell the phase under way, and when others were over', async () => {
    const made = measured(...everything)
    expect(await values(made, 'phase_info')).toEqual({ 'm backfill': 1 })
    expect(await values(made, 'phase_last_success_timestamp_seconds')).toEqual({ 'm expand': noon })
    expect(await values(made, 'phase_steps_done_total')).toEqual({ 'm expand': 1, 'm backfill': 0 })
  })

  test('have nothing under way, nor waited for, when the command has ended in the middle of it', async () => {
    const made = measured(...everything)
    made.end(75)
    expect(await values(made, 'phase_info')).toEqual({})
    expect(await values(made, 'waiting_info')).toEqual({})
    expect(await values(made, 'phase_started_timestamp_seconds')).toHaveProperty('m backfill')
  })

  test('have each gate in one status', async () => {
    const gates = (status: string): Body => ({ kind: 'gates', migration: 'm', gates: [{ name: 'sessions', status }] })
    const made = measured(gates('unknown'), gates('failed'), gates('failed'))
    expect(await values(made, 'gate_status')).toEqual({ 'm sessions failed': 1 })
    expect(await values(made, 'gates_looked_timestamp_seconds')).toEqual({ m: noon })
  })

  test('tell the lease that is held and the last renewal, and what is waited for', async () => {
    const made = measured(
      { kind: 'lease', lease: 'ddl', state: 'taken' },
      { kind: 'waiting', what: 'gates', reason: '' },
    )
    const later = new Date((noon + 5) * 1000).toISOString()
    made.event({ at: later, kind: 'lease', lease: 'ddl', state: 'renewed' })
    expect(await values(made, 'lease_held')).toEqual({ ddl: 1 })
    expect(await values(made, 'heartbeat_timestamp_seconds')).toEqual({ ddl: noon + 5 })
    expect(await values(made, 'waiting_info')).toEqual({ gates: 1 })
    made.event({ at: later, kind: 'lease', lease: 'ddl', state: 'lost' })
    made.event({ at: later, ...progress() } as RunnerEvent)
    expect(await values(made, 'lease_held')).toEqual({ ddl: 0 })
    expect(await values(made, 'waiting_info')).toEqual({})
  })

  test('take a hostile name for a name', async () => {
    const table = 'a"b\\c\n# TYPE x counter\nx 1'
    const made = measured(progress({ table, migration: '' }))
    const found = (await samples(made)).filter(({ name }) => name === 'bellows_backfill_rows_done')
    expect(found).toEqual([{ name: 'bellows_backfill_rows_done', labels: { migration: '', table }, value: 300 }])
  })
})
