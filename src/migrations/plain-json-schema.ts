import { z } from 'zod'

/**
 * What a schema accepts, as JSON Schema with everything in place. zod puts a schema that has an id under `$defs` and
 * makes the root a reference to it; readers, and many editors, want the root itself.
 */
export function plainJsonSchema(schema: z.ZodType): Record<string, unknown> {
  const made = z.toJSONSchema(schema, { io: 'input', reused: 'inline', unrepresentable: 'any' })
  const { $schema, $ref, $defs } = made
  const root = $ref === undefined ? undefined : $defs?.[$ref.replace('#/$defs/', '')]
  if (root === undefined) return made as Record<string, unknown>
  const { id: _, ...rest } = root as Record<string, unknown>
  return { $schema, ...rest }
}
