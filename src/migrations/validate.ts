import { type IntentName, intentNames, intentSchemas } from '../planner/intents/index.ts'
import type { MigrationDefinition } from '../planner/migration.ts'
import { migrationSchema } from '../planner/schema.ts'
import { invalidFile, type Origin } from './invalid.ts'
import { type Problem, problemsOf, unknownKey } from './problems.ts'

/**
 * Checks a value against the schema of migrations, and returns it as the schema sees it (defaults and trimming applied),
 * without `$schema`, which is for editors.
 *
 * @throws BellowsError exit 2 that names file, line, path and the nearest known key.
 */
export function validateMigration(value: unknown, origin: Origin): MigrationDefinition {
  const parsed = migrationSchema.safeParse(value)
  if (parsed.success) {
    const { $schema: _, ...definition } = parsed.data as MigrationDefinition & { readonly $schema?: string }
    return definition
  }
  const outer = problemsOf(migrationSchema, value).filter(({ path }) => !isInsideIntent(path))
  const problems = [...outer, ...intentProblems(value)]
  throw invalidFile('migration.invalid', origin, problems)
}

const isInsideIntent = (path: readonly PropertyKey[]): boolean => path[0] === 'intents' && path.length > 1

/** Judged one by one by the schema of the intent that is named, since a union can only say that nothing matched. */
function intentProblems(value: unknown): readonly Problem[] {
  const intents = (value as { readonly intents?: unknown } | null)?.intents
  return Array.isArray(intents) ? intents.flatMap((intent, index) => problemsOfIntent(intent, index)) : []
}

function problemsOfIntent(intent: unknown, index: number): readonly Problem[] {
  const path = ['intents', index]
  if (typeof intent !== 'object' || intent === null || Array.isArray(intent)) {
    return [{ path, message: 'expected an object with one key, the name of the intent' }]
  }
  const keys = Object.keys(intent)
  const unknown = keys.filter((key) => !isIntentName(key))
  if (unknown.length > 0) {
    return unknown.map((key) => ({ path: [...path, key], message: unknownKey('intent', key, intentNames) }))
  }
  const [key] = keys
  if (key === undefined || keys.length > 1) {
    const found = keys.length === 0 ? 'none' : keys.join(', ')
    return [{ path, message: `expected exactly one intent, found ${found}; give each its own list item` }]
  }
  return problemsOf(intentSchemas()[key as IntentName], (intent as Record<string, unknown>)[key], [...path, key])
}

const isIntentName = (key: string): key is IntentName => (intentNames as readonly string[]).includes(key)
