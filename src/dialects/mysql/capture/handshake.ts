/*
 * The first words of both sides (manual, "Connection Phase Packets"). A greeting is a version, its text, a number, eight bytes of a
 * challenge, and then the lower half of the flags; the upper half stands five bytes further.
 */

const lowerAt = (greeting: Buffer): number => greeting.indexOf(0, 1) + 1 + 4 + 8 + 1

/** What the server can do. */
export function flagsOf(greeting: Buffer): number {
  const at = lowerAt(greeting)
  return greeting.readUInt16LE(at) + greeting.readUInt16LE(at + 5) * 0x10000
}

/** The greeting of a server that cannot do this. */
export function greetingWithout(greeting: Buffer, flags: number): Buffer {
  const changed = Buffer.from(greeting)
  const at = lowerAt(greeting)
  changed.writeUInt16LE(changed.readUInt16LE(at) & ~flags & 0xffff, at)
  changed.writeUInt16LE(changed.readUInt16LE(at + 5) & ~(flags >>> 16) & 0xffff, at + 5)
  return changed
}

/** The 20 bytes that a password is mixed with: eight of them, and twelve behind ten that are reserved. */
export function challengeOf(greeting: Buffer): Buffer {
  const at = lowerAt(greeting)
  return Buffer.concat([greeting.subarray(at - 9, at - 1), greeting.subarray(at + 18, at + 30)])
}

/** A client's answer that says that it can do this too. */
export function withFlag(response: Buffer, flag: number): Buffer {
  const changed = Buffer.from(response)
  changed.writeUInt32LE((changed.readUInt32LE(0) | flag) >>> 0, 0)
  return changed
}

/** What asks for TLS: the beginning of the answer, without the name of a user. */
export const sslRequest = (response: Buffer, flag: number): Buffer => withFlag(response.subarray(0, 32), flag)

/** A session of this tool, by its connection attributes. */
export const isOwn = (response: Buffer): boolean => /program_name.bellows\//s.test(response.toString('latin1'))
