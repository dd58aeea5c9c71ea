import { expect, test } from 'vitest'
import { jsonSchema } from '../../../src/migrations/json-schema.ts'
import { intentNames } from '../../../src/planner/intents/index.ts'

test('the JSON Schema of migrations knows every intent and no unknown keys', () => {
  const schema = jsonSchema('migration')
  expect(schema).toMatchObject({ title: 'Bellows migration', type: 'object', additionalProperties: false })
  const text = JSON.stringify(schema)
  for (const name of intentNames) expect(text).toContain(`"required":["${name}"]`)
})

test('the JSON Schema of configs leaves out what JSON cannot say', () => {
  const { properties } = jsonSchema('config') as { properties: Record<string, unknown> }
  expect(Object.keys(properties)).toContain('lockTimeout')
  expect(Object.keys(properties)).not.toContain('password')
})
