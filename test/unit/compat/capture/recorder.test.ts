import { describe, expect, it } from 'vitest'
import { createRecorder } from '../../../../src/compat/capture/recorder.ts'
import type { Sent } from '../../../../src/dialects/capture.ts'
import { mysqlCapture } from '../../../../src/dialects/mysql/capture/capture.ts'

const sent = (sql: string, more: Partial<Sent> = {}): Sent => ({ sql, types: [], values: null, kept: false, ...more })
const recorder = () => createRecorder(mysqlCapture(), { samples: false, redact: [] })
const finish = (from: ReturnType<typeof recorder>) => {
  const { statements, refused } = from.finish(new Map())
  return { texts: statements.map(({ sql }) => sql), refused: Object.fromEntries(refused) }
}

describe('a recorder', () => {
  it('lists what the server took at least once', () => {
    const own = recorder()
    own.sent(sent('select a from t')).refused()
    own.sent(sent('select a from t'))
    own.sent(sent('select b from from t')).refused()
    own.sent(sent('select b from from t')).refused()
    expect(finish(own)).toEqual({ texts: ['select a from t'], refused: { 'select t': 1 } })
    expect(finish(own)).toEqual({ texts: ['select a from t'], refused: { 'select t': 1 } })
  })

  it('knows what is refused after it was read', () => {
    const own = recorder()
    const first = own.sent(sent('select first from from t'))
    own.sent(sent('select 1 from many'))
    const second = own.sent(sent('select 2 from many'))
    for (let at = 0; at < 1000; at++) own.sent(sent(`select a${at % 3} from t where id = ${at}`))
    first.refused()
    second.refused()
    expect(finish(own)).toEqual({
      texts: expect.not.arrayContaining(['select first from from t']),
      refused: { 'select t': 1 },
    })
    expect(finish(own).texts).toHaveLength(4)
  })

  it('keeps of several lines the one that is first in every run', () => {
    const own = recorder()
    for (const source of ['b.ts:1', undefined, 'a.ts:12', 'a.ts:9']) own.sent(sent('select a from t', { source }))
    expect(own.finish(new Map()).statements).toMatchObject([{ source: 'a.ts:9' }])
  })
})
