import { refused, usageError } from '../../../errors.ts'
import type { Catalog, Column, Table } from '../../../planner/catalog.ts'
import type { Scalar } from '../../../planner/links/lens.ts'
import { refuseReadGenerated } from '../../shared/context.ts'
import { castCanRaise, expressionCanRaise } from '../conversions.ts'
import { isVolatile, type ParsedScalar, parseScalar, parseType } from '../expressions.ts'
import { quote } from '../sql.ts'

/** What a scalar is made from: the author's text, or nothing for the column itself with a cast. */
export interface ScalarInput {
  readonly what: string
  readonly text: string | null
  readonly onError: string | null
  /** The columns it may name. */
  readonly columns: readonly Column[]
  /** The column that is meant when there is no text. */
  readonly source: string
  readonly sourceType: string
  readonly targetType: string
  readonly allowVolatile: boolean
}

/**
 * A scalar of a lens, checked: its columns exist, its schemas are safe to pin, it is known whether it can raise.
 *
 * @throws BellowsError exit 2 for a wrong expression, exit 3 when it needs a schema that everybody may write to.
 */
export function makeScalar(table: Table, catalog: Catalog, input: ScalarInput): Scalar {
  const type = parseType(input.targetType, `${input.what}: the type`)
  const same = input.sourceType === input.targetType
  const text = input.text ?? (same ? quote(input.source) : `${quote(input.source)}::${type.bare}`)
  const parsed = parseScalar(text, input.what, table.name)
  const columns = new Map(input.columns.map((column) => [column.name, column]))
  for (const column of parsed.columns) requireColumn(column.name, columns, input.what, text)
  const userVolatile = new Set(catalog.functions.filter((found) => found.volatile).map((found) => found.name))
  if (!input.allowVolatile && isVolatile(parsed, userVolatile)) {
    throw usageError('migration.volatile', `${input.what} gives another value at each evaluation: ${text}`, {
      hint: 'Only addColumn.up may: what the trigger and the backfill derive has to be the same.',
    })
  }
  const onError = input.onError === null ? null : parseScalar(input.onError, 'onError', table.name)
  for (const column of onError?.columns ?? []) requireColumn(column.name, columns, 'onError', input.onError ?? '')
  const canRaise =
    input.text === null ? castCanRaise(input.sourceType, input.targetType) : expressionCanRaise(parsed, type, columns)
  const read = [parsed, ...(onError === null ? [] : [onError])]
  const reads = [...new Set(read.flatMap((scalar) => scalar.columns.map((column) => column.name)))]
  refuseReadGenerated(table, input.what, reads)
  return {
    text,
    onError: input.onError,
    reads,
    canRaise,
    schemas: pinned(read, columns, catalog, type.schema === null ? type.name : null),
  }
}

function requireColumn(name: string, columns: ReadonlyMap<string, Column>, what: string, text: string): void {
  if (columns.has(name)) return
  throw usageError('migration.expression', `${what} names a column ${name} that this shape does not have\n  ${text}`, {
    hint: `It has: ${[...columns.keys()].join(', ')}.`,
  })
}

/** Schemas that the expression needs beside pg_catalog; one that everybody may create in is never pinned (law 8). */
function pinned(
  scalars: readonly ParsedScalar[],
  columns: ReadonlyMap<string, Column>,
  catalog: Catalog,
  target: string | null,
): readonly string[] {
  const needed = new Set<string>()
  const find = (name: string, objects: Catalog['types']): void => {
    for (const found of objects)
      if (found.name === name && catalog.schemas.includes(found.schema)) needed.add(found.schema)
  }
  for (const scalar of scalars) {
    for (const name of scalar.functions) find(name, catalog.functions)
    for (const name of scalar.types) find(name, catalog.types)
    for (const { name } of scalar.columns) {
      const schema = columns.get(name)?.typeSchema ?? 'pg_catalog'
      if (schema !== 'pg_catalog') needed.add(schema)
    }
  }
  if (target !== null) find(target.replace('[]', ''), catalog.types)
  const open = [...needed].filter((schema) => catalog.openSchemas.includes(schema))
  if (open.length > 0) {
    throw refused(
      'plan.open-schema',
      `the expression needs schema ${open.join(', ')}, in which everybody may create objects`,
      {
        hint: `Run: REVOKE CREATE ON SCHEMA ${open.map((schema) => quote(schema)).join(', ')} FROM PUBLIC;`,
      },
    )
  }
  return [...needed]
}
