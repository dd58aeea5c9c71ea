import { migrationSchema } from '../planner/schema.ts'
import { plainConfigSchema } from './config-schema.ts'
import { plainJsonSchema } from './plain-json-schema.ts'

/** The JSON Schema (draft 2020-12) of migration or config files in YAML or JSON, for editors. */
export function jsonSchema(of: 'migration' | 'config'): Record<string, unknown> {
  return plainJsonSchema(of === 'migration' ? migrationSchema : plainConfigSchema)
}
