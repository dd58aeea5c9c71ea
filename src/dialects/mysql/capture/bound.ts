import { unreadable } from './values.ts'

/** The word for the type that mysql2 declares for a value of `execute`; null for texts and NULL, as for every driver. */
export function boundType(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'bigint' : 'double'
  if (typeof value === 'boolean') return 'tinyint'
  return value instanceof Date ? 'datetime' : null
}

/** The value as the server takes it. `zone`: the connection's `timezone`. What the app converts itself is not called. */
export function boundValue(value: unknown, zone: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return dateText(value, zone)
  if (Buffer.isBuffer(value)) {
    const text = value.toString('utf8')
    return Buffer.from(text).equals(value) ? text : unreadable
  }
  const isPlain = Array.isArray(value) || (typeof value === 'object' && value?.constructor === Object)
  return isPlain && !('toJSON' in value) ? JSON.stringify(value) : unreadable
}

function dateText(date: Date, zone: unknown): unknown {
  const east = minutesEast(date, zone)
  if (east === null || Number.isNaN(date.getTime())) return unreadable
  return new Date(date.getTime() + east * 60_000).toISOString().replace('T', ' ').replace('Z', '')
}

/** `local`, `Z`, or `+02:00`. */
function minutesEast(date: Date, zone: unknown): number | null {
  if (zone === undefined || zone === 'local') return -date.getTimezoneOffset()
  if (zone === 'Z') return 0
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)?$/.exec(String(zone)) ?? []
  return sign === undefined ? null : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0))
}
