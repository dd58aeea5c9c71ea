/**
 * The first words of a server, without the mechanism that ties a login to its TLS connection (SCRAM-SHA-256-PLUS): the client has
 * another connection than the server, and libpq takes the offer without TLS for an attack.
 *
 * @returns what is to be sent on, and whether everything after it passes as it is
 */
export function withoutChannelBinding(): (chunk: Buffer) => { readonly pass: Buffer; readonly done: boolean } {
  let held = Buffer.alloc(0)
  return (chunk) => {
    held = Buffer.concat([held, chunk])
    const passed: Buffer[] = []
    while (held.length >= 5) {
      const total = held.readUInt32BE(1) + 1
      if (held.length < total) break
      const message = held.subarray(0, total)
      held = held.subarray(total)
      const type = String.fromCharCode(message[0] ?? 0)
      passed.push(type === 'R' ? offered(message) : message)
      // A notice or the version of the protocol may come before it asks who is there.
      if (type !== 'N' && type !== 'v') return { pass: Buffer.concat([...passed, held]), done: true }
    }
    return { pass: Buffer.concat(passed), done: false }
  }
}

function offered(message: Buffer): Buffer {
  if (message.length < 9 || message.readUInt32BE(5) !== 10) return message
  const mechanisms = message
    .toString('latin1', 9)
    .split('\0')
    .filter((name) => name !== '' && !name.endsWith('-PLUS'))
  const body = Buffer.from(`${mechanisms.join('\0')}\0\0`, 'latin1')
  const head = Buffer.from(message.subarray(0, 9))
  head.writeUInt32BE(8 + body.length, 1)
  return Buffer.concat([head, body])
}
