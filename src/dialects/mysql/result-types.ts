import type { DescribedType } from '../check.ts'

/** What the protocol says of a column or a parameter. */
export interface Definition {
  readonly name: string
  readonly columnType: number
  readonly columnLength: number
  readonly characterSet: number
  readonly flags: number
  readonly decimals: number
}

// Bits of the flags, and the character set of what is no text (protocol, "Column Definition Flags").
const [unsigned, isEnum, isSet, binary] = [32, 256, 2048, 63]
/** Our session is in utf8mb4, and texts come in its character set. */
const bytesPerCharacter = 4

const plain: Readonly<Record<number, string>> = {
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'float',
  5: 'double',
  6: 'unknown',
  8: 'bigint',
  9: 'mediumint',
  10: 'date',
  13: 'year',
  14: 'date',
  242: 'vector',
  245: 'json',
  255: 'geometry',
}
const integers = new Set([1, 2, 3, 8, 9])
const temporal: Readonly<Record<number, string>> = { 7: 'timestamp', 11: 'time', 12: 'datetime' }
const blobs = new Set([249, 250, 251, 252])

/** The type as a person writes it. */
export function typeOf(definition: Definition): DescribedType {
  return { oid: null, name: nameOf(definition) }
}

/** The type of a parameter: what narrows it is not told. MariaDB tells nothing. */
export function parameterType(definition: Definition): DescribedType {
  return { oid: null, name: nameOf(definition).replace(/\(.*\)/, '') }
}

function nameOf({ columnType, columnLength, characterSet, flags, decimals }: Definition): string {
  if (flags & isEnum) return 'enum'
  if (flags & isSet) return 'set'
  const sign = flags & unsigned ? ' unsigned' : ''
  if (columnType === 1 && columnLength === 1) return `tinyint(1)${sign}`
  if (integers.has(columnType) || columnType === 4 || columnType === 5) return `${plain[columnType]}${sign}`
  if (columnType === 0 || columnType === 246) {
    const digits = columnLength - (sign === '' ? 1 : 0) - (decimals > 0 ? 1 : 0)
    return `decimal(${digits},${decimals})${sign}`
  }
  const precise = temporal[columnType]
  // 31 and more: not told.
  if (precise !== undefined) return decimals > 0 && decimals < 7 ? `${precise}(${decimals})` : precise
  if (columnType === 16) return `bit(${columnLength})`
  const raw = characterSet === binary
  if (blobs.has(columnType)) return sized(columnLength, raw)
  const characters = raw ? columnLength : Math.floor(columnLength / bytesPerCharacter)
  if (columnType === 253 || columnType === 15) return `${raw ? 'varbinary' : 'varchar'}(${characters})`
  if (columnType === 254) return `${raw ? 'binary' : 'char'}(${characters})`
  return plain[columnType] ?? `type ${columnType}`
}

/** All of them have one type in the protocol; their length tells them apart. */
function sized(length: number, raw: boolean): string {
  const most = raw ? length : length / bytesPerCharacter
  const size = most < 256 ? 'tiny' : most < 65_536 ? '' : most < 16_777_216 ? 'medium' : 'long'
  return `${size}${raw ? 'blob' : 'text'}`
}
