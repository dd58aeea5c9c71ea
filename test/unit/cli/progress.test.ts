import pico from 'picocolors'
import { describe, expect, test } from 'vitest'
import { liveProgress } from '../../../src/cli/live-progress.ts'
import { plainProgress, progressFilter } from '../../../src/cli/progress.ts'
import type { RunnerEvent } from '../../../src/runner/events.ts'

type Progress = Extract<RunnerEvent, { kind: 'progress' }>

const progress = (second: number, rowsDone: number, rest: Partial<Progress> = {}): Progress => ({
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
  kind: 'progress',
  migration: 'm',
  table: 'users',
  doing: 'backfill',
  rowsDone,
  rowsTotal: 1000,
  rowsPerSecond: 100,
  etaSeconds: 9,
  batchRows: 10,
  batchMilliseconds: 10,
  ...rest,
})

function screen() {
  const written: string[] = []
  return { stream: { isTTY: true, columns: 60, write: (text: string) => void written.push(text) }, written }
}

describe('progress in a log', () => {
  test('is the first, then at most every ten seconds or five percent, and the end', () => {
    const due = progressFilter()
    const shown = (second: number, rows: number): boolean => due(progress(second, rows))
    expect(shown(0, 10)).toBe(true)
    expect(shown(1, 20)).toBe(false)
    expect(shown(9, 59)).toBe(false)
    expect(shown(9, 61)).toBe(true)
    expect(shown(18, 62)).toBe(false)
    expect(shown(19, 63)).toBe(true)
    expect(shown(20, 990)).toBe(true)
    expect(shown(20, 1000)).toBe(true)
    expect(shown(21, 1000)).toBe(false)
  })

  test('is counted for each table and doing apart', () => {
    const due = progressFilter()
    expect(due(progress(0, 10))).toBe(true)
    expect(due(progress(0, 10, { table: 'orders' }))).toBe(true)
    expect(due(progress(0, 10, { doing: 'verify' }))).toBe(true)
    expect(due(progress(0, 11))).toBe(false)
  })

  test('is a line with its time, rate and what is left', () => {
    const { stream, written } = screen()
    plainProgress(stream).event(progress(5, 370))
    expect(written).toEqual(['2026-01-01T00:00:05.000Z m: backfill users: 37% 370/1,000 rows, 100 rows/s, 9.0s left\n'])
  })

  test('names who holds a lock that is waited for', () => {
    const { stream, written } = screen()
    plainProgress(stream).event({
      at: '2026-01-01T00:00:00Z',
      kind: 'retry',
      what: 'expand.users.full_name',
      attempt: 2,
      waitMilliseconds: 1500,
      reason: 'lock timeout',
      blockers: ['reports as app since 12:00'],
    })
    expect(written.join('')).toContain('attempt 2, again in 1.5s; held by reports as app since 12:00')
  })
})

describe('progress on a terminal', () => {
  const colours = pico.createColors(false)

  test('is one line that is drawn over, and fits', () => {
    const { stream, written } = screen()
    const live = liveProgress(stream, colours)
    live.event(progress(0, 10))
    live.event(progress(1, 500))
    expect(written).toHaveLength(3)
    expect(written[1]).toBe('\r\u001b[K')
    expect([...(written[2] ?? '')].length).toBeLessThan(60)
    expect(written.join('')).not.toContain('\n')
  })

  test('keeps the live line below other lines, and takes it away at the end', () => {
    const { stream, written } = screen()
    const live = liveProgress(stream, colours)
    live.event(progress(0, 10))
    const drawn = written[0]
    live.line('hello')
    expect(written.slice(1)).toEqual(['\r\u001b[K', 'hello\n', drawn])
    live.stop()
    live.stop()
    expect(written.slice(4)).toEqual(['\r\u001b[K'])
  })

  test('replaces a step that runs by the step that is done', () => {
    const { stream, written } = screen()
    const live = liveProgress(stream, colours)
    const step = { at: '', migration: 'm', phase: 'expand', step: 's' }
    live.event({ ...step, kind: 'step-started', description: 'add full_name' })
    live.event({ ...step, kind: 'step-finished', milliseconds: 12 })
    expect(written).toEqual(['  … add full_name', '\r\u001b[K', '  ✓ add full_name 12ms\n'])
  })
})
