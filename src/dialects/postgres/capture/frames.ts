/** One message of the protocol (manual, 55.7): its type, and its body where that was wanted. */
export interface Frame {
  readonly type: string
  readonly body: Buffer
}

/** Longer messages are rows and files: to hold them would cost more than they say. */
const longest = 64 * 1024 * 1024

/**
 * Cuts a stream into messages. Only the bodies of the wanted types are put together, the others are passed over.
 *
 * @param tooLong called with the type of a wanted message that is passed over all the same
 */
export function createFramer(
  wanted: string,
  found: (frame: Frame) => void,
  tooLong: (type: string) => void,
): (chunk: Buffer) => void {
  let pieces: Buffer[] = []
  let held = 0
  let skip = 0
  return (chunk) => {
    let rest = chunk
    while (rest.length > 0) {
      if (skip > 0) {
        const passed = Math.min(skip, rest.length)
        skip -= passed
        rest = rest.subarray(passed)
        continue
      }
      const header = head(pieces, held, rest)
      if (header === null) {
        pieces.push(rest)
        held += rest.length
        return
      }
      const { type, total } = header
      const isWanted = wanted.includes(type)
      if (!isWanted || total > longest) {
        if (isWanted) tooLong(type)
        skip = total - held
        ;[pieces, held] = [[], 0]
        continue
      }
      const missing = total - held
      if (rest.length < missing) {
        pieces.push(rest)
        held += rest.length
        return
      }
      const whole =
        pieces.length === 0 ? rest.subarray(0, missing) : Buffer.concat([...pieces, rest.subarray(0, missing)])
      ;[pieces, held] = [[], 0]
      rest = rest.subarray(missing)
      found({ type, body: whole.subarray(5) })
    }
  }
}

/** Type and length, which may come in pieces. */
function head(pieces: readonly Buffer[], held: number, rest: Buffer): { type: string; total: number } | null {
  if (held + rest.length < 5) return null
  const first = held >= 5 ? Buffer.concat(pieces) : Buffer.concat([...pieces, rest.subarray(0, 5)])
  const length = first.readUInt32BE(1)
  if (length < 4) throw new Error('a message without a length')
  return { type: String.fromCharCode(first[0] ?? 0), total: length + 1 }
}

/** Reads the fields of a body, one after the other. */
export interface Fields {
  text(): string
  int16(): number
  int32(): number
  bytes(length: number): Buffer
}

/** @throws RangeError when the body ends before. */
export function fieldsOf(body: Buffer): Fields {
  let at = 0
  const step = (length: number): number => {
    at += length
    if (at > body.length) throw new RangeError('a message ends too early')
    return at - length
  }
  return {
    text: () => {
      const end = body.indexOf(0, at)
      if (end < 0) throw new RangeError('a text without an end')
      const found = body.toString('utf8', at, end)
      at = end + 1
      return found
    },
    int16: () => body.readUInt16BE(step(2)),
    int32: () => body.readInt32BE(step(4)),
    bytes: (length) => {
      const from = step(length)
      return body.subarray(from, from + length)
    },
  }
}
