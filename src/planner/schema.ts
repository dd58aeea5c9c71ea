import { z } from 'zod'
import { intentNames, intentSchemas } from './intents/index.ts'
import type { MigrationDefinition } from './migration.ts'

const schemas = intentSchemas()

/** One intent: an object with exactly one key, the intent's name. */
const intent = z.union(
  intentNames.map((name) => z.strictObject({ [name]: schemas[name] })) as unknown as [z.ZodType, z.ZodType],
)

/** The schema of a migration file, in every format. Strict: an unknown key is an error. */
export const migrationSchema: z.ZodType<MigrationDefinition> = z
  .strictObject({
    $schema: z.string().optional(),
    description: z.string().optional(),
    intents: z.array(intent).min(1),
    accept: z.array(z.strictObject({ id: z.string().min(1), reason: z.string().trim().min(1) })).optional(),
  })
  .meta({ id: 'bellows-migration', title: 'Bellows migration' }) as unknown as z.ZodType<MigrationDefinition>
