import { unreadable } from './values.ts'

/** What node-postgres sends for a value (its `prepareValue`), as the text that the server takes. What the app converts itself is not called. */
export function boundText(value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (typeof value !== 'object') return String(value)
  if (ArrayBuffer.isView(value)) {
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  }
  if (value instanceof Date) return dateText(value)
  if (Array.isArray(value)) return arrayText(value)
  return 'toPostgres' in value || 'toJSON' in value ? unreadable : JSON.stringify(value)
}

function arrayText(items: readonly unknown[]): unknown {
  const texts = items.map((item) => {
    if (item === null || item === undefined) return 'NULL'
    const text = boundText(item)
    if (typeof text !== 'string') return unreadable
    return Array.isArray(item) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return texts.includes(unreadable) ? unreadable : `{${texts.join(',')}}`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Local time with its offset from UTC. */
function dateText(date: Date): unknown {
  const year = date.getFullYear()
  if (Number.isNaN(year)) return unreadable
  const east = -date.getTimezoneOffset()
  const offset = `${east < 0 ? '-' : '+'}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`
  const day = [String(year < 1 ? 1 - year : year).padStart(4, '0'), two(date.getMonth() + 1), two(date.getDate())]
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${day.join('-')}T${time}.${milliseconds}${offset}${year < 1 ? ' BC' : ''}`
}
