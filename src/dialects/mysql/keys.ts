import { type RawBuilder, sql } from 'kysely'
import { familyOf } from './types.ts'

/** Can a table be walked by a key of this type: has it an order that the server compares a value in text with? */
export function walkable(type: string): boolean {
  return !['float', 'json', 'bit', 'set', 'other'].includes(familyOf(type))
}

/** A column of the key as text, such that {@link keyValue} gives the same value back. */
export function keyText(column: RawBuilder<unknown>, type: string): RawBuilder<unknown> {
  const family = familyOf(type)
  if (family === 'binary') return sql`hex(${column})`
  if (family === 'enum') return sql`cast(${column} + 0 as char)`
  return sql`cast(${column} as char)`
}

/**
 * The text of a key as a value that compares as the column does: numbers exactly, text by the column's own collation. MySQL gives a
 * placeholder the type that it is cast to, and cuts its value to a signed integer or a time of day: first it is text.
 */
export function keyValue(given: string | RawBuilder<unknown>, type: string): RawBuilder<unknown> {
  const text = sql`cast(${given} as char)`
  switch (familyOf(type)) {
    case 'integer':
      return sql`cast(${text} as signed)`
    case 'unsigned':
    case 'enum':
      return sql`cast(${text} as unsigned)`
    case 'decimal':
      return sql`cast(${text} as decimal(65, 30))`
    case 'binary':
      return sql`unhex(${given})`
    case 'temporal':
      return /^time\b/i.test(type) ? sql`cast(${text} as time(6))` : sql`cast(${text} as datetime(6))`
    default:
      return sql`${given}`
  }
}

/** A column of a key that was written as JSON, as a value that compares as the column does. */
export function keyFromJson(key: string, name: string, type: string): RawBuilder<unknown> {
  const text = sql`json_unquote(json_extract(${key}, ${`$.${JSON.stringify(name)}`}))`
  return familyOf(type) === 'enum' ? text : keyValue(text, type)
}
