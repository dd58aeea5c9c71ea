/** One packet of the protocol: what follows its header, and its number in the exchange. */
export interface Packet {
  readonly sequence: number
  readonly payload: Buffer
}

/** As long as a packet can be; the next one goes on with what it holds. */
const full = 0xffffff

/** A packet as it is sent. */
export function packet({ sequence, payload }: Packet): Buffer {
  const head = Buffer.alloc(4)
  head.writeUIntLE(payload.length, 0, 3)
  head[3] = sequence
  return Buffer.concat([head, payload])
}

/** Cuts whole packets from the front of what has come; the rest is for later. */
export function wholePackets(held: Buffer): { readonly packets: readonly Packet[]; readonly rest: Buffer } {
  const packets: Packet[] = []
  let rest = held
  while (rest.length >= 4 && rest.length >= 4 + rest.readUIntLE(0, 3)) {
    const end = 4 + rest.readUIntLE(0, 3)
    packets.push({ sequence: rest[3] ?? 0, payload: rest.subarray(4, end) })
    rest = rest.subarray(end)
  }
  return { packets, rest }
}

/** Says of a packet, by its number, its length and its first byte, whether its payload is wanted. */
export type Wanted = (sequence: number, length: number, first: number | undefined) => boolean

/** Longer ones are files and rows: to hold them would cost more than they say. */
const longest = 64 * 1024 * 1024

/** Cuts a stream into packets; those that are no more than parts of one come together. Payloads that nobody wants are passed over. */
export function createFramer(
  wanted: Wanted,
  found: (packet: Packet) => void,
  tooLong: () => void,
): (chunk: Buffer) => void {
  let head = Buffer.alloc(0)
  let left = 0
  let keep: Buffer[] | null = null
  let size = 0
  let goesOn = false
  let sequence = 0
  const end = (): void => {
    if (goesOn) return
    if (keep !== null)
      found({ sequence, payload: keep.length === 1 ? (keep[0] ?? Buffer.alloc(0)) : Buffer.concat(keep) })
    keep = null
    size = 0
  }
  return (chunk) => {
    let rest = chunk
    for (;;) {
      if (left > 0) {
        if (rest.length === 0) return
        const taken = rest.subarray(0, left)
        keep?.push(taken)
        left -= taken.length
        rest = rest.subarray(taken.length)
        if (left === 0) end()
        continue
      }
      // One byte more than the header, where there is one, tells whether it is wanted.
      const missing = (head.length < 4 ? 4 : head.readUIntLE(0, 3) === 0 ? 4 : 5) - head.length
      if (missing > 0) {
        if (rest.length === 0) return
        head = Buffer.concat([head, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        continue
      }
      const length = head.readUIntLE(0, 3)
      if (!goesOn) {
        sequence = head[3] ?? 0
        keep = wanted(sequence, length, head[4]) ? [] : null
      }
      goesOn = length === full
      size += length
      if (keep !== null && size > longest) {
        keep = null
        tooLong()
      }
      if (head.length === 5) keep?.push(head.subarray(4))
      left = Math.max(length - 1, 0)
      head = Buffer.alloc(0)
      if (left === 0) end()
    }
  }
}

/** Reads the parts of a payload, one after the other. */
export interface Parts {
  int(bytes: 1 | 2 | 3 | 4): number
  /** A length-encoded integer. */
  count(): number
  bytes(length: number): Buffer
  /** A length-encoded string. */
  sized(): Buffer
  rest(): Buffer
}

/** @throws RangeError when the payload ends before. */
export function partsOf(payload: Buffer, from: number): Parts {
  let at = from
  const step = (length: number): number => {
    at += length
    if (at > payload.length) throw new RangeError('a packet ends too early')
    return at - length
  }
  const int = (bytes: number): number => payload.readUIntLE(step(bytes), bytes)
  const count = (): number => {
    const first = int(1)
    if (first < 0xfb) return first
    if (first === 0xfc) return int(2)
    if (first === 0xfd) return int(3)
    return Number(payload.readBigUInt64LE(step(8)))
  }
  const bytes = (length: number): Buffer => {
    const start = step(length)
    return payload.subarray(start, start + length)
  }
  return { int, count, bytes, sized: () => bytes(count()), rest: () => payload.subarray(at) }
}
