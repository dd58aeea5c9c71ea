import { createHash } from 'node:crypto'
import { canonicalJson } from '../migrations/checksum.ts'
import type { Catalog } from '../planner/catalog.ts'
import type { Plan } from '../planner/plan.ts'

const hash = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex')

/** Says whether two plans run the same. Hazards may come from rows that are there, and the server's version is told apart. */
export function hashOfPlan({ format, checksum, dialect, phases, lenses, objects = [] }: Plan): string {
  return hash({ format, checksum, dialect, phases, lenses, objects })
}

/** What no statement of an app is judged by, and may change without anybody changing the schema. */
const passing = new Set([
  ...['rows', 'bytes', 'rowVersions', 'statistics', 'comment', 'publications', 'holders', 'rowTypeUsers', 'sequence'],
  ...['owner', 'grants', 'mayMakeAgain', 'outOfReach', 'valid', 'validated', 'storage', 'compression', 'clustered'],
])

/** A short hash of each table and view as the catalog tells it, of what else has names, and of where names are looked up. */
export function hashesOf(catalog: Catalog, stateSchema: string): Readonly<Record<string, string>> {
  const short = (value: unknown): string =>
    hash(JSON.parse(JSON.stringify(value, (key, inner: unknown) => (passing.has(key) ? undefined : inner)))).slice(
      0,
      16,
    )
  const ours = ({ schema }: { readonly schema: string }): boolean => schema === stateSchema
  return Object.fromEntries([
    ...[...catalog.tables, ...catalog.views].map((each) => [`${each.schema}.${each.name}`, short(each)] as const),
    ['(functions)', short(catalog.functions.filter((each) => !ours(each)))] as const,
    ['(types)', short(catalog.types.filter((each) => !ours(each)))] as const,
    ['(schemas)', short(catalog.schemas)] as const,
  ])
}

/** The tables that a plan names anywhere, as `schema.name`; null where it runs statements of the author's, which may concern any. */
export function tablesOf(plan: Plan): ReadonlySet<string> | null {
  if (Object.values(plan.phases).some((steps) => steps.some(({ kind }) => kind === 'raw'))) return null
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { schema, name } = value as { readonly schema?: unknown; readonly name?: unknown }
    if (typeof schema === 'string' && typeof name === 'string') found.add(`${schema}.${name}`)
    for (const inner of Object.values(value)) look(inner)
  }
  look([plan.phases, plan.lenses, plan.objects])
  return found
}
