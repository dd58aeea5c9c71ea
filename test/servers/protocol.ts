/** One message of PostgreSQL's protocol (manual, chapter "Frontend/Backend Protocol"). */
export interface Frame {
  /** The type byte; empty for the messages before and with the startup, which have none. */
  readonly type: string
  /** The whole message, as it was sent. */
  readonly bytes: Buffer
  /** What follows type and length. */
  readonly body: Buffer
}

/** The codes in messages without a type byte. */
export const startupCodes = { cancel: 80877102, ssl: 80877103, gss: 80877104 } as const

/** Cuts a stream of chunks into whole messages. With `startup`, the stream begins like a client's. */
export function createFramer(startup: boolean): (chunk: Buffer) => Frame[] {
  let untyped = startup
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const frames: Frame[] = []
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const header = untyped ? 0 : 1
      if (rest.length < header + 4) return frames
      const length = header + rest.readUInt32BE(header)
      if (rest.length < length) return frames
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      const body = bytes.subarray(header + 4)
      frames.push({ type: untyped ? '' : String.fromCharCode(bytes[0]!), bytes, body })
      // Requests for encryption leave the client where it was; anything else is the startup itself.
      if (untyped) untyped = isEncryptionRequest(body)
    }
  }
}

/** Whether an untyped message asks for TLS or GSS encryption. */
export function isEncryptionRequest(body: Buffer): boolean {
  const code = body.readUInt32BE(0)
  return code === startupCodes.ssl || code === startupCodes.gss
}

/** Follows a client's prepared statements and portals; tells which SQL a Query, Parse or Execute message is about. */
export function createSqlTracker(): (frame: Frame) => string | null {
  const statements = new Map<string, string>()
  const portals = new Map<string, string>()
  return ({ type, body }) => {
    if (!'QPBE'.includes(type) || type === '') return null
    const [first = '', second = ''] = body.toString('utf8').split('\0', 2)
    if (type === 'Q') return first
    if (type === 'P') {
      statements.set(first, second)
      return second
    }
    if (type === 'B') portals.set(first, statements.get(second) ?? '')
    return type === 'E' ? (portals.get(first) ?? '') : null
  }
}
