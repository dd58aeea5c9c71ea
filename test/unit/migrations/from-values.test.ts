import { describe, expect, test } from 'vitest'
import { fromValues } from '../../../src/migrations/from-values.ts'
import type { MigrationDefinition } from '../../../src/planner/migration.ts'

const migration: MigrationDefinition = { intents: [{ dropNotNull: { table: 'users', column: 'phone' } }] }

describe('migrations given as values', () => {
  test('are put in the order of their names, from a list and from an object', () => {
    const list = fromValues([
      { name: 'b', migration },
      { name: 'a', migration },
    ])
    expect(list.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(fromValues({ b: migration, a: migration })).toEqual(list)
  })

  test('are refused when two have one name', () => {
    const twice = [
      { name: 'a', migration },
      { name: 'a', migration },
    ]
    expect(() => fromValues(twice)).toThrow(expect.objectContaining({ code: 'migration.duplicate', exitCode: 2 }))
  })

  test('are validated like files', () => {
    const wrong = { intents: [{ dropNotNul: {} }] } as unknown as MigrationDefinition
    expect(() => fromValues({ first: wrong })).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: 'migration first: intents[0].dropNotNul: unknown intent `dropNotNul`; did you mean `dropNotNull`?',
      }),
    )
  })
})
