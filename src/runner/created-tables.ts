import type { Column, Constraint, Index, Table } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { PlannedObject } from '../planner/objects.ts'
import type { TableSpec } from '../planner/steps.ts'

/**
 * What somebody added to a table that a plan made, by the names of planned objects, and would go with it.
 *
 * @param built what stands on its columns and is none of the plan's by its name
 */
export function addedTo(table: Table, spec: TableSpec, built: readonly PlannedObject[]): readonly string[] {
  const where = showTable(table)
  const given = new Set(spec.columns.map(({ name }) => name))
  const own = new Set([
    ...table.indexes.filter((index) => isOwnIndex(index, spec)).map(({ name }) => `index ${name} on ${where}`),
    ...ownConstraints(table, spec).map(({ name }) => `constraint ${name} on ${where}`),
    ...table.columns.flatMap((column) => ownSequences(column, spec)).map((name) => `sequence ${name}`),
  ])
  return [
    ...table.columns.filter(({ name }) => !given.has(name)).map(({ name }) => `column ${where}.${name}`),
    ...built.map(({ name }) => name).filter((name) => !own.has(name)),
    ...table.triggers.map(({ name }) => `trigger ${name} on ${where}`),
    ...(table.policies ?? []).map((name) => `policy ${name} on ${where}`),
  ]
}

type Given = TableSpec['constraints'][number]

const sameColumns = (given: Given, columns: readonly string[]): boolean =>
  // A plan of an older version does not say them.
  given.columns === undefined ? !/^check\b/.test(given.definition) : given.columns.join('\0') === columns.join('\0')

/** That of a key, whatever the server called it; on MySQL and MariaDB also that of a foreign key, which is called as its column. */
const isOwnIndex = (index: Index, spec: TableSpec): boolean =>
  spec.constraints.some((given) => {
    const columns = index.keys.flatMap(({ column }) => column ?? [])
    if (given.name === index.name) return true
    if (!sameColumns(given, columns)) return false
    if (given.columns === undefined) return true
    if (/^(primary|unique \()/.test(given.definition)) return index.unique
    if (/^foreign/.test(given.definition)) return index.name === columns[0]
    return given.definition.includes(index.name)
  })

function ownConstraints(table: Table, spec: TableSpec): readonly Constraint[] {
  const unnamed = spec.constraints.filter(({ name, definition }) => name === null && /^check\b/.test(definition))
  const names = new Set(table.columns.map(({ name }) => name))
  return table.constraints.filter((each) => {
    if (spec.constraints.some(({ name }) => name === each.name)) return true
    if (each.kind !== 'check')
      return spec.constraints.some(
        (given) => given.definition.startsWith(each.kind) && sameColumns(given, each.columns),
      )
    // MariaDB checks a JSON column by itself.
    if (names.has(each.name)) return true
    if (!/(?:_check\d*|_chk_\d+|^CONSTRAINT_\d+)$/.test(each.name)) return false
    const at = unnamed.findIndex(({ definition }) => each.columns.every((column) => definition.includes(column)))
    return at >= 0 && unnamed.splice(at, 1).length > 0
  })
}

/** The sequence that serial brings. */
function ownSequences({ name, owns = [], default: from }: Column, spec: TableSpec): readonly string[] {
  const given = spec.columns.find((column) => column.name === name)
  if (given === undefined || !/serial\d?$/i.test(given.type.trim())) return []
  return owns.filter((sequence) => from?.includes(sequence.slice(sequence.indexOf('.') + 1)))
}
