import type { LensColumn } from '../../planner/links/lens.ts'
import { charsetOf } from './conversions.ts'
import { differs, exactType, inNew } from './lens-sql.ts'
import { familyOf } from './types.ts'

/** A column and where it stands in the row. */
export interface Placed {
  readonly column: LensColumn
  readonly name: string
}

/** Does something where the statement that inserts gave one of these columns. A default that is the same each time is not "given". */
export function ifGiven(columns: readonly Placed[], then: readonly string[]): string {
  const all = columns.map(asGiven)
  const body = [`IF ${all.map(({ given }) => given).join(' OR ')} THEN`, ...then.map((line) => `  ${line}`), 'END IF;']
  const exact = all.flatMap(({ set }, at) => (set === undefined ? [] : [{ ...set, at }]))
  if (exact.length === 0) return body.join('\n')
  // A default that a strict session does not take is taken for given: no statement of the app may fail for it.
  return [
    'BEGIN',
    ...exact.map(({ variable, type }) => `  DECLARE ${variable} ${type};`),
    '  BEGIN',
    '    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;',
    ...exact.map(({ variable, value }) => `    SET ${variable} = ${value};`),
    '  END;',
    ...body.map((line) => `  ${line}`),
    'END;',
  ].join('\n')
}

interface Given {
  readonly given: string
  /** What has to be set before: the default as the column would store it. */
  readonly set?: { readonly variable: string; readonly type: string; readonly value: string }
}

function asGiven({ column, name }: Placed, at: number): Given {
  if (column.unseen) return { given: 'FALSE' }
  const place = inNew(name)
  if (column.default === null) return { given: `${place} IS NOT NULL` }
  // Left out, it would be the default: a NULL is given, of which a session without strict mode stores something else.
  if (isAsStored(column, column.default)) return { given: differs(place, `(${column.default})`, column.type) }
  const variable = `left_out_${at}`
  return {
    given: differs(place, variable, column.type),
    set: { variable, type: exactType(column), value: column.default },
  }
}

/** Is the default, as it is said, the same bytes as in the column? FLOAT is not exact, zeros are filled in, another character set has other bytes. */
function isAsStored({ type, collation }: LensColumn, said: string): boolean {
  if (/zerofill/i.test(type)) return false
  const number = /^'?-?\d+'?$/.test(said)
  switch (familyOf(type)) {
    case 'integer':
    case 'unsigned':
      return number && !/^year/i.test(type)
    case 'text':
    case 'enum':
    case 'set':
      return (
        /^'[ -~]*'$/.test(said) && !/^(utf16|utf16le|utf32|ucs2|binary)$/.test(charsetOf(collation ?? null) ?? 'binary')
      )
    default:
      return false
  }
}
