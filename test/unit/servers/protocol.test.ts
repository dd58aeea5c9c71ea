import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createFramer, createSqlTracker, type Frame, startupCodes } from '../../servers/protocol.ts'

const untyped = (code: number, rest = ''): Buffer => {
  const bytes = Buffer.alloc(8 + rest.length)
  bytes.writeUInt32BE(bytes.length, 0)
  bytes.writeUInt32BE(code, 4)
  bytes.write(rest, 8)
  return bytes
}
const typed = (type: string, body: string): Buffer => {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body))
  bytes.write(type, 0)
  bytes.writeUInt32BE(bytes.length - 1, 1)
  bytes.write(body, 5)
  return bytes
}
const session = [
  untyped(startupCodes.ssl),
  untyped(startupCodes.gss),
  untyped(196608, 'user\0postgres\0\0'),
  typed('Q', 'select 1\0'),
  typed('P', 'named\0select $1\0\0\0'),
  typed('B', 'portal\0named\0'),
  typed('E', 'portal\0\0\0\0\0'),
  typed('S', ''),
]

it('messages are found whatever the chunks they come in', () => {
  const stream = Buffer.concat(session)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length })), (cuts) => {
      const frame = createFramer(true)
      const points = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const frames = points.slice(1).flatMap((end, i) => frame(stream.subarray(points[i], end)))
      expect(frames.map((each) => each.bytes.toString('hex'))).toEqual(session.map((each) => each.toString('hex')))
      expect(frames.map((each) => each.type).join('.')).toBe('...Q.P.B.E.S')
    }),
  )
})

it('an Execute is traced back to its SQL through portal and statement', () => {
  const frames: Frame[] = createFramer(true)(Buffer.concat(session))
  const sqlOf = createSqlTracker()
  expect(frames.map(sqlOf)).toEqual([null, null, null, 'select 1', 'select $1', null, 'select $1', null])
})
