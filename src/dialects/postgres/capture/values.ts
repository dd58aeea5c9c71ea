/** What stands for a value that cannot be read. */
export const unreadable: unique symbol = Symbol('unreadable')

/** A value as the server takes it as text. `oid`: its type, 0 where that is not known. */
export function readValue(bytes: Buffer, isBinary: boolean, oid: number): unknown {
  if (!isBinary) return bytes.toString('utf8')
  return binary[oid]?.(bytes) ?? unreadable
}

type Read = (bytes: Buffer) => string

const asText: Read = (bytes) => bytes.toString('utf8')

/** How the types in use are sent in binary (their `*send` functions). */
const binary: Readonly<Record<number, Read>> = {
  16: (bytes) => (bytes[0] === 1 ? 'true' : 'false'),
  17: (bytes) => `\\x${bytes.toString('hex')}`,
  19: asText,
  20: (bytes) => String(bytes.readBigInt64BE()),
  21: (bytes) => String(bytes.readInt16BE()),
  23: (bytes) => String(bytes.readInt32BE()),
  25: asText,
  114: asText,
  700: (bytes) => String(bytes.readFloatBE()),
  701: (bytes) => String(bytes.readDoubleBE()),
  1042: asText,
  1043: asText,
  1082: (bytes) => moment(BigInt(bytes.readInt32BE()) * 86_400_000_000n).slice(0, 10),
  1114: (bytes) => moment(bytes.readBigInt64BE()),
  1184: (bytes) => `${moment(bytes.readBigInt64BE())}+00`,
  1700: numeric,
  2950: (bytes) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  3802: (bytes) => bytes.toString('utf8', 1),
}

/** Microseconds since 2000. The ends of time, and what JavaScript cannot count, are the server's words for them. */
function moment(microseconds: bigint): string {
  const milliseconds = Number(microseconds / 1000n) + Date.UTC(2000, 0, 1)
  if (Math.abs(milliseconds) > 8.64e15) return microseconds > 0n ? 'infinity' : '-infinity'
  const rest = ((microseconds % 1000n) + 1000n) % 1000n
  return `${new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')}${rest === 0n ? '' : String(rest).padStart(3, '0')}`
}

/** Groups of four digits (utils/adt/numeric.c). */
function numeric(bytes: Buffer): string {
  const [count, weight, sign, scale] = [0, 2, 4, 6].map((at) => bytes.readInt16BE(at)) as [
    number,
    number,
    number,
    number,
  ]
  if (sign !== 0 && sign !== 0x4000) return 'NaN'
  const group = (at: number): string =>
    String(at >= 0 && at < count ? bytes.readInt16BE(8 + 2 * at) : 0).padStart(4, '0')
  const whole = Array.from({ length: Math.max(weight + 1, 0) }, (_, at) => group(at)).join('')
  const groups = Math.ceil(scale / 4)
  const part = Array.from({ length: groups }, (_, at) => group(weight + 1 + at))
    .join('')
    .slice(0, scale)
  return `${sign === 0x4000 ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${part === '' ? '' : `.${part}`}`
}
