import type { Catalog, Column, Table, TableRef } from './catalog.ts'
import { showTable } from './change.ts'
import type { Lens } from './links/lens.ts'

/** A table of a catalog, by its name. */
export const tableIn = (catalog: Catalog, { schema, name }: TableRef): Table | undefined =>
  catalog.tables.find((table) => table.schema === schema && table.name === name)

/** Something that a copy was planned from: what it is called, and what the server says it is. */
export interface PlannedObject {
  readonly name: string
  /** Null for what the gate of dependents looks at. */
  readonly definition: string | null
  /** Where it is, and every column that it names. */
  readonly table: TableRef
  readonly columns: readonly string[]
  /** A migration names it, whether it copies something or not. */
  readonly named?: true
  /** What takes an index away that is not valid: one whose build failed, or goes on. */
  readonly drop?: string
}

/** What is not as it was planned, why, and what is done about it where that is something of its own. */
export interface ObjectChange {
  readonly name: string
  readonly problem: string
  readonly hint?: string
}

/**
 * The old columns of the lenses that copy, with what stands on them. An identity lens exchanges names, so what stands on its column
 * follows by itself; any other copies it, and what comes later would stay behind, on a column that is about to go.
 */
export function objectsOf(lenses: readonly Lens[], catalog: Catalog): readonly PlannedObject[] {
  const found = new Map<string, PlannedObject>()
  for (const lens of lenses) {
    if (lens.kind !== 'row' || lens.identity) continue
    const table = tableIn(catalog, lens.table)
    if (table === undefined) continue
    const columns = new Set(lens.old.map(({ expanded }) => expanded))
    for (const object of standingOn(table, columns)) found.set(object.name, object)
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** An index or a constraint that a migration names. */
export function objectNamed(table: Table, kind: 'index' | 'constraint', name: string): readonly PlannedObject[] {
  const called = `${kind} ${name} on ${showTable(table)}`
  const all = new Set(table.columns.map((column) => column.name))
  return standingOn(table, all)
    .filter((object) => object.name === called)
    .map((object) => ({ ...object, named: true }))
}

/** What a migration named, as it is now. */
export const namedNow = (planned: readonly PlannedObject[], catalog: Catalog): readonly PlannedObject[] =>
  planned.flatMap(({ name, table, named }) => {
    const found = named === true ? tableIn(catalog, table) : undefined
    if (found === undefined) return []
    return standingOn(found, new Set(found.columns.map((column) => column.name))).filter((now) => now.name === name)
  })

/** What stands on some columns of a table, but for text. */
export function standingOn({ schema, name, ...table }: Table, columns: ReadonlySet<string>): readonly PlannedObject[] {
  const at = { schema, name }
  const where = showTable(at)
  const names = (all: { readonly columns: readonly string[] }): boolean =>
    all.columns.some((column) => columns.has(column))
  return [
    ...table.columns
      .filter((column) => columns.has(column.name))
      .map((column) => ({
        name: `column ${where}.${column.name}`,
        definition: definitionOf(column),
        table: at,
        columns: [column.name],
      })),
    ...table.columns
      .filter((column) => columns.has(column.name))
      .flatMap((column) =>
        (column.owns ?? []).map((sequence) => ({
          name: `sequence ${sequence}`,
          definition: `owned by ${column.name}`,
          table: at,
          columns: [column.name],
        })),
      ),
    ...table.indexes.filter(names).map((index) => ({
      name: `index ${index.name} on ${where}`,
      // Only a valid one is copied, so it is another once it is.
      definition: index.drop === undefined ? index.definition : `${index.definition} not valid`,
      table: at,
      columns: index.columns,
      ...(index.drop === undefined ? {} : { drop: index.drop }),
    })),
    // NOT NULL is said by the column.
    ...table.constraints
      .filter((constraint) => names(constraint) && constraint.kind !== 'not null')
      .map((each) => ({
        name: `constraint ${each.name} on ${where}`,
        definition: each.definition,
        table: at,
        columns: each.columns,
      })),
    ...table.foreignKeysIn
      .filter(({ references }) => references?.columns.some((column) => columns.has(column)) === true)
      .map((each) => ({
        name: `foreign key ${each.name} on ${showTable(each.table)}`,
        definition: each.definition,
        table: each.table,
        columns: each.columns,
      })),
    ...table.dependents
      .filter((each) => !each.textual && names(each))
      .map((each) => ({ name: `${each.kind} ${each.name}`, definition: null, table: at, columns: each.columns })),
    ...table.statistics.filter(names).map((each) => ({
      name: `statistics ${each.schema}.${each.name}`,
      definition: each.definition,
      table: at,
      columns: each.columns,
    })),
  ]
}

/** All of a column but where it stands, which another column may change, and its sequences, which are looked at by themselves. */
function definitionOf({ position: _, sequence: __, owns: ___, ...column }: Column): string {
  return JSON.stringify(column)
}

/** What is no more as it was planned, or was not there then. What the plan itself makes is left out. */
export function differencesFrom(
  planned: readonly PlannedObject[],
  now: readonly PlannedObject[],
  made: ReadonlySet<string>,
): readonly ObjectChange[] {
  const [before, after] = [planned, now].map((list) => new Map(list.map((each) => [each.name, each])))
  const compared = [...planned, ...now].filter(({ definition }) => definition !== null)
  return [...new Set(compared.map(({ name }) => name))].flatMap((name) => {
    const [old, current] = [before?.get(name), after?.get(name)]
    if (old?.definition === current?.definition || (old === undefined && made.has(name))) return []
    // Nothing was made from it.
    if (current === undefined && old?.drop !== undefined) return []
    if (old === undefined && current?.drop !== undefined) return [leftover(name, current.drop)]
    const problem = old === undefined ? 'was not there at expand' : current === undefined ? 'is gone' : 'was changed'
    return [{ name, problem }]
  })
}

/** As REINDEX CONCURRENTLY leaves it, with a name that ends with _ccnew or _ccold. */
export const leftover = (name: string, drop: string): ObjectChange => ({
  name,
  problem: `was not there at expand, and is not valid: a build that failed left it behind, or one goes on (${drop})`,
  hint: 'An index that is not valid serves nobody: once no session builds it any more, drop it with the statement that is shown.',
})
