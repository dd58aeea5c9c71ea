import { createFramer, type Frame, fieldsOf } from '../capture/frames.ts'

/** Sent in place of the server (manual, 55.7). */
export function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeUInt32BE(4 + parts.reduce((length, part) => length + part.length, 0), 1)
  return Buffer.concat([head, ...parts])
}

/** Text as the protocol has it. */
export const text = (value: string): Buffer => Buffer.from(`${value}\0`)

/** A number of four bytes. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** A statement by the simple protocol. */
export const queryMessage = (sql: string): Buffer => message('Q', text(sql))

/** `I` idle, `T` in a transaction, `E` in one that failed. */
export type Status = 'I' | 'T' | 'E'

/** What ends an answer. */
export const ready = (status: Status): Buffer => message('Z', Buffer.from(status))

/** What a server says that cannot do it. */
export function errorMessage(severity: 'ERROR' | 'FATAL', code: string, words: string, hint?: string): Buffer {
  const field = (type: string, value: string): Buffer => Buffer.concat([Buffer.from(type), text(value)])
  const hints = hint === undefined ? [] : [field('H', hint)]
  const fields = [field('S', severity), field('V', severity), field('C', code), field('M', words), ...hints]
  return message('E', ...fields, Buffer.from([0]))
}

/** The messages of an answer that is there as a whole. */
export function framesOf(answer: Buffer): readonly Frame[] {
  const frames: Frame[] = []
  const every = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code))
  createFramer(
    every,
    (frame) => frames.push(frame),
    () => undefined,
  )(answer)
  return frames
}

/** The rows of an answer, every value as text. */
export function rowsOf(frames: readonly Frame[]): readonly (readonly string[])[] {
  return frames
    .filter(({ type }) => type === 'D')
    .map(({ body }) => {
      const fields = fieldsOf(body)
      return Array.from({ length: fields.int16() }, () => {
        const length = fields.int32()
        return length < 0 ? '' : fields.bytes(length).toString()
      })
    })
}

/** What an answer complains of; null where it does not. */
export function complaint(frames: readonly Frame[]): string | null {
  const error = frames.find(({ type }) => type === 'E')
  if (error === undefined) return null
  const fields = error.body.toString().split('\0')
  return fields.find((field) => field.startsWith('M'))?.slice(1) ?? 'it did not say why'
}
