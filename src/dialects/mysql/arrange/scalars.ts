import { refused, usageError } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { Scalar } from '../../../planner/links/lens.ts'
import { refuseReadGenerated } from '../../shared/context.ts'
import { castCanRaise } from '../conversions.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { quote } from '../sql.ts'

/** One end of a lens, as far as its values go. */
export interface End {
  readonly name: string
  readonly type: string
  readonly collation: string | null
}

/** What a scalar is made from: the author's text, or nothing for the column itself. */
export interface ScalarInput {
  readonly what: string
  readonly text: string | null
  readonly onError: string | null
  /** The columns it may name. */
  readonly columns: readonly End[]
  /** The column that is meant when there is no text. */
  readonly source: End
  readonly target: End
  readonly allowVolatile: boolean
}

/**
 * A scalar of a lens, checked. Column names are quoted in it, so that it reads the same wherever it is bound.
 *
 * @throws BellowsError exit 2 for a wrong expression, exit 3 for one whose value depends on the session's time zone.
 */
export function makeScalar(table: Table, input: ScalarInput): Scalar {
  const known = input.columns.map(({ name }) => name)
  const parsed = parseScalar(input.text ?? quote(input.source.name), input.what, table.name, known)
  if (!input.allowVolatile && parsed.volatile) {
    throw usageError('migration.volatile', `${input.what} gives another value at each evaluation: ${parsed.text}`, {
      hint: 'Only addColumn.up may: what the trigger and the backfill derive has to be the same.',
    })
  }
  const onError = input.onError === null ? null : parseScalar(input.onError, 'onError', table.name, known)
  const names = [...parsed.columns, ...(onError?.columns ?? [])].map(({ name }) => name)
  const reads = [...new Set(names)]
  refuseReadGenerated(table, input.what, reads)
  const ends = input.columns.filter(({ name }) => reads.includes(name))
  refuseTimeZone(table, input, ends)
  const canRaise = input.text === null ? castCanRaise(input.source, input.target) : !/^null$/i.test(parsed.text.trim())
  return {
    text: bindScalar(parsed, (name) => quote(name)),
    onError: onError === null ? null : bindScalar(onError, (name) => quote(name)),
    reads,
    canRaise,
    schemas: [],
  }
}

const isTimestamp = ({ type }: End): boolean => /^timestamp/i.test(type)

/** A TIMESTAMP is read in the time zone of the session: an app's trigger and our backfill would not agree on it. */
function refuseTimeZone(table: Table, input: ScalarInput, ends: readonly End[]): void {
  const touched = [...ends, input.target].filter(isTimestamp)
  const [first] = touched
  const copies = input.text === null && isTimestamp(input.source) && isTimestamp(input.target)
  if (first === undefined || copies) return
  throw refused(
    'plan.time-zone',
    `${input.what} on ${showTable(table)} reads or makes a TIMESTAMP (${first.name}), whose value depends on the time zone of each session`,
    { hint: 'Use DATETIME on both sides, or change it with rawSql at a quiet time.' },
  )
}

/** A live column as an end. */
export function endOf(column: Column): End {
  return { name: column.name, type: column.type, collation: column.collation }
}
