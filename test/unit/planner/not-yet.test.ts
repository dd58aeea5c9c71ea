import { describe, expect, it } from 'vitest'
import { addColumn, type MigrationDefinition } from '../../../src/index.ts'
import { validateMigration } from '../../../src/migrations/validate.ts'
import { changesOf } from '../../../src/planner/changes-of.ts'

const base = { table: 'users', column: 'code', type: 'text' }

const rules = {
  unique: true,
  check: "code <> ''",
  references: { table: 'codes', columns: ['code'] },
}

describe.each(['postgres', 'mysql', 'mariadb'] as const)(
  'what a file may say and is not there yet on %s',
  (dialect) => {
    it.each(Object.entries(rules))('is refused (3): %s of addColumn', (rule, value) => {
      const definition: MigrationDefinition = { intents: [addColumn({ ...base, [rule]: value })] }
      expect(validateMigration(definition, { file: 'm.yaml' })).toEqual(definition)
      expect(() => changesOf(definition, dialect)).toThrowError(
        expect.objectContaining({ code: 'plan.not-yet', exitCode: 3, message: expect.stringContaining(rule) }),
      )
    })

    it('is not meant by a column that is not unique', () => {
      expect(changesOf({ intents: [addColumn({ ...base, unique: false, comment: 'mine' })] }, dialect)).toHaveLength(1)
    })
  },
)
