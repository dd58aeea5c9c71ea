import { usageError } from './errors.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Reads a duration such as `500ms`, `5s`, `2m`, `1h` or `7d`; a bare `0` is allowed, any other bare number is not,
 * because nobody agrees on its unit.
 *
 * @param text what was given
 * @param name who gave it (`--retention`, `MIGRATE_RETENTION`), for the error
 * @returns milliseconds
 * @throws BellowsError exit 2 for anything else.
 */
export function parseDuration(text: string, name: string): number {
  if (text === '0') return 0
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  const milliseconds = match === null ? Number.NaN : Number(match[1]) * units[match[2] as keyof typeof units]
  if (Number.isSafeInteger(milliseconds)) return milliseconds
  throw usageError('usage.duration', `${name}: \`${text}\` is not a duration`, {
    hint: 'Write a whole number and a unit: 500ms, 5s, 2m, 1h, 7d; or 0.',
  })
}
