import { describe, expect, test } from 'vitest'
import { createOutput, type OutputOptions } from '../../../src/cli/output.ts'
import { findings, temporary } from '../../../src/errors.ts'
import { type World, world } from './terminal.ts'

const url = 'postgres://app:hunter2-secret@db/x'

function output(options: Partial<OutputOptions> = {}, given: World = {}) {
  const { io, ran } = world([], given)
  const made = createOutput(io, {
    command: 'verify',
    json: false,
    logFormat: 'text',
    verbose: false,
    noColor: false,
    ...options,
  })
  return { output: made, ran }
}

describe('a result with a failure', () => {
  test('is one document that has both', () => {
    const { output: out, ran } = output({ json: true })
    out.answer({ result: { rows: 3 }, text: 'three', failure: findings('verify.mismatches', '3 rows differ') })
    expect(JSON.parse(ran().stdout)).toEqual({
      schemaVersion: 1,
      ok: false,
      command: 'verify',
      result: { rows: 3 },
      error: { code: 'verify.mismatches', message: '3 rows differ', hint: null, retryable: false, exitCode: 4 },
      warnings: [],
    })
  })

  test('shows the text on stdout and the failure on stderr', () => {
    const { output: out, ran } = output()
    out.answer({ result: {}, text: 'three', failure: findings('verify.mismatches', '3 rows differ') })
    expect(ran()).toMatchObject({ stdout: 'three\n', stderr: 'error verify.mismatches: 3 rows differ\n' })
  })
})

describe('the password of the connection', () => {
  test.each([{ json: true }, { json: false }, { logFormat: 'json' as const }, { verbose: true }])(
    'is in no stream, with %o',
    (options) => {
      const { output: out, ran } = output(options, { env: { GITHUB_ACTIONS: 'true' } })
      out.hide(url)
      const cause = new Error(`connect ${url}`)
      out.event({ at: '2026-01-01T00:00:00Z', kind: 'notice', message: `using ${url}` })
      out.warn('hunter2-secret is weak')
      out.note(`trying hunter2-secret`)
      out.fail(temporary('database.lost', `lost ${url}`, { cause, hint: `try ${url}`, details: { dsn: url } }))
      const { stdout, stderr } = ran()
      expect(stderr).toContain('***')
      expect(stdout + stderr).not.toContain('hunter2')
    },
  )
})

describe('warnings', () => {
  test('are in the document, and lines on stderr', () => {
    const { output: out, ran } = output({ json: true })
    out.warn('careful')
    out.answer({ result: null, text: '' })
    expect(JSON.parse(ran().stdout)).toMatchObject({ ok: true, warnings: ['careful'] })
    expect(ran().stderr).toMatch(/^\d{4}-.*Z warning: careful\n$/)
  })

  test('are annotations on GitHub, with their line breaks escaped', () => {
    const { output: out, ran } = output({}, { env: { GITHUB_ACTIONS: 'true' } })
    out.warn('one\ntwo')
    expect(ran().stderr).toContain('::warning::one%0Atwo\n')
  })
})

test('every line on stderr is a JSON object with --log-format json', () => {
  const { output: out, ran } = output({ logFormat: 'json' }, { isTTY: true, env: { GITHUB_ACTIONS: 'true' } })
  out.note('hello')
  out.warn('careful')
  out.event({ at: '2026-01-01T00:00:00Z', kind: 'phase-started', migration: 'm', phase: 'expand', steps: 1 })
  out.fail(temporary('lease.held', 'held elsewhere'))
  const events = ran()
    .stderr.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string })
  expect(events.map(({ kind }) => kind)).toEqual(['notice', 'warning', 'phase-started', 'error'])
})

test('a line of JSON has its time, level, text, and the migration and phase that it is of', () => {
  const { output: out, ran } = output({ logFormat: 'json', verbose: true })
  const at = '2026-01-01T00:00:00.000Z'
  out.note('before')
  out.event({ at, kind: 'phase-started', migration: 'm', phase: 'expand', steps: 1 })
  out.event({ at, kind: 'lease', lease: 'ddl', state: 'renewed' })
  out.event({ at, kind: 'lease', lease: 'ddl', state: 'lost' })
  out.event({ at, kind: 'retry', what: 'x', attempt: 1, waitMilliseconds: 5, reason: 'locked', blockers: [] })
  out.event({ at, kind: 'warning', message: 'careful' })
  out.event({ at, kind: 'gates', migration: 'other', gates: [{ name: 'sessions', status: 'failed' }] })
  out.event({ at, kind: 'phase-finished', migration: 'm', phase: 'expand', milliseconds: 1 })
  out.event({ at, kind: 'phase-started', migration: 'n', phase: 'expand', steps: 1 })
  out.fail(temporary('lock.budget', 'no lock'))
  const lines = ran()
    .stderr.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const line of lines) expect(line).toMatchObject({ time: expect.stringMatching(/^\d{4}-.*Z$/), at: line.time })
  expect(lines.map(({ level, kind, msg, migration, phase }) => [level, kind, msg, migration, phase])).toEqual([
    ['info', 'notice', 'before', undefined, undefined],
    ['info', 'phase-started', 'm: expand begins, 1 step', 'm', 'expand'],
    ['warn', 'lease', 'the lease ddl is lost', 'm', 'expand'],
    ['warn', 'retry', 'x: locked; attempt 1, again in 5ms', 'm', 'expand'],
    ['warn', 'warning', 'careful', 'm', 'expand'],
    ['info', 'gates', 'other: gates: sessions failed', 'other', undefined],
    ['info', 'phase-finished', 'm: expand done in 1ms', 'm', 'expand'],
    ['info', 'phase-started', 'n: expand begins, 1 step', 'n', 'expand'],
    ['error', 'error', 'no lock', 'n', 'expand'],
  ])
  expect(lines.at(-1)).toMatchObject({ code: 'lock.budget', exitCode: 75, stack: expect.stringContaining('no lock') })
})

test('who looks on is not told of sessions, leases and gates', () => {
  for (const isTTY of [true, false]) {
    const { output: out, ran } = output({}, { isTTY })
    const at = '2026-01-01T00:00:00.000Z'
    out.event({ at, kind: 'connected', role: 'worker' })
    out.event({ at, kind: 'lease', lease: 'ddl', state: 'taken' })
    out.event({ at, kind: 'gates', migration: 'm', gates: [] })
    expect(ran().stderr).toBe('')
  }
})

test('a result is colourless with --json, even on a terminal', () => {
  const { output: out } = output({ json: true }, { isTTY: true })
  expect(out.colours.red('x')).toBe('x')
})
