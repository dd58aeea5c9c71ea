import type { Parts } from './packets.ts'

/** A type as COM_STMT_EXECUTE names it. */
export interface BoundType {
  readonly type: number
  readonly unsigned: boolean
}

/** What stands for a value that is no text and no number. */
export const unreadable: unique symbol = Symbol('unreadable')

const words: Readonly<Record<number, string>> = {
  0: 'decimal',
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'float',
  5: 'double',
  7: 'timestamp',
  8: 'bigint',
  9: 'mediumint',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'year',
  16: 'bit',
  245: 'json',
  246: 'decimal',
}

/** The word for a type; null for texts, as which drivers send anything, and for NULL. */
export function wordOf({ type, unsigned }: BoundType): string | null {
  const word = words[type]
  return word === undefined ? null : `${word}${unsigned && /int$/.test(word) ? ' unsigned' : ''}`
}

/** Reads the next value (manual, "Binary Protocol Value"), as a number or as the text that the server takes for it. */
export function readValue(parts: Parts, { type, unsigned }: BoundType): unknown {
  switch (type) {
    case 1:
      return signed(parts.int(1), 8, unsigned)
    case 2:
    case 13:
      return signed(parts.int(2), 16, unsigned)
    case 3:
    case 9:
      return signed(parts.int(4), 32, unsigned)
    case 8: {
      const bytes = parts.bytes(8)
      const value = unsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE()
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : String(value)
    }
    case 4:
      return parts.bytes(4).readFloatLE()
    case 5:
      return parts.bytes(8).readDoubleLE()
    case 6:
      return null
    case 7:
    case 10:
    case 12:
      return moment(parts)
    case 11:
      return time(parts)
    default:
      return text(parts.sized())
  }
}

const signed = (value: number, bits: number, unsigned: boolean): number =>
  unsigned || value < 2 ** (bits - 1) ? value : value - 2 ** bits

function text(bytes: Buffer): unknown {
  const found = bytes.toString('utf8')
  return Buffer.from(found).equals(bytes) ? found : unreadable
}

const two = (value: number): string => String(value).padStart(2, '0')
const fraction = (micro: number): string => (micro === 0 ? '' : `.${String(micro).padStart(6, '0')}`)

function moment(parts: Parts): string {
  const length = parts.int(1)
  const [year, month, day] = length >= 4 ? [parts.int(2), parts.int(1), parts.int(1)] : [0, 0, 0]
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  if (length < 7) return date
  const [hour, minute, second] = [parts.int(1), parts.int(1), parts.int(1)]
  return `${date} ${two(hour)}:${two(minute)}:${two(second)}${fraction(length >= 11 ? parts.int(4) : 0)}`
}

function time(parts: Parts): string {
  const length = parts.int(1)
  if (length < 8) return '00:00:00'
  const [negative, days, hour, minute, second] = [parts.int(1), parts.int(4), parts.int(1), parts.int(1), parts.int(1)]
  const micro = length >= 12 ? parts.int(4) : 0
  return `${negative ? '-' : ''}${two(days * 24 + hour)}:${two(minute)}:${two(second)}${fraction(micro)}`
}
