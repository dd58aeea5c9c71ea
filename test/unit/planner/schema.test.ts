import { describe, expect, test } from 'vitest'
import { changesOf } from '../../../src/planner/changes-of.ts'
import { intentNames } from '../../../src/planner/intents/index.ts'
import { migrationSchema } from '../../../src/planner/schema.ts'

const accepts = (value: unknown): boolean => migrationSchema.safeParse(value).success
const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } }

/** The least that each intent can say. */
const least: Readonly<Record<string, object>> = {
  renameColumn: rename.renameColumn,
  changeType: { table: 't', column: 'c', to: 'bigint' },
  addColumn: { table: 't', column: 'c', type: 'int' },
  dropColumn: { table: 't', column: 'c' },
  splitColumn: {
    table: 't',
    column: 'c',
    into: { a: { type: 'text', up: 'c' }, b: { type: 'text', up: 'c' } },
    down: 'a',
  },
  mergeColumns: {
    table: 't',
    columns: ['a', 'b'],
    into: 'c',
    type: 'text',
    up: 'a',
    down: { a: 'c', b: 'c' },
  },
  setNotNull: { table: 't', column: 'c' },
  dropNotNull: { table: 't', column: 'c' },
  setDefault: { table: 't', column: 'c', default: '1' },
  dropDefault: { table: 't', column: 'c' },
  createTable: { table: 't', columns: { id: { type: 'int' } } },
  addIndex: { table: 't', name: 'i', columns: ['c'] },
  addCheck: { table: 't', name: 'n', check: 'c > 0' },
  addForeignKey: { table: 't', name: 'n', columns: ['c'], references: { table: 'o', columns: ['id'] } },
  addUnique: { table: 't', name: 'n', columns: ['c'] },
  dropIndex: { table: 't', name: 'i' },
  renameIndex: { table: 't', name: 'i', to: 'j' },
  dropConstraint: { table: 't', name: 'c' },
  renameConstraint: { table: 't', name: 'c', to: 'd' },
  setComment: { table: 't', comment: null },
  rawSql: { expand: 'select 1', reason: 'because' },
}

describe('a column of the primary key of createTable', () => {
  const change = (nullable?: boolean) => {
    const id = nullable === undefined ? { type: 'int' } : { type: 'int', nullable }
    const intent = { createTable: { table: 't', columns: { id, other: { type: 'int' } }, primaryKey: ['id'] } }
    return changesOf({ intents: [intent] }, 'mysql')
  }

  test('is NOT NULL unless it is said to be, and may not be said to be NULL', () => {
    const columns = [{ nullable: false }, { nullable: true }]
    expect([change(), change(false)]).toMatchObject([[{ columns }], [{ columns }]])
    expect(() => change(true)).toThrow('nullable and part of the primary key')
  })
})

describe('the schema of a migration', () => {
  test('knows the least of every intent, and nothing is missing here', () => {
    expect(Object.keys(least).sort()).toEqual([...intentNames].sort())
    for (const [name, parameters] of Object.entries(least))
      expect(accepts({ intents: [{ [name]: parameters }] }), name).toBe(true)
  })

  test.each(Object.entries(least))(
    'refuses %s with an unknown key, with a key missing, and as a text',
    (name, parameters) => {
      expect(accepts({ intents: [{ [name]: { ...parameters, colum: 'x' } }] })).toBe(false)
      expect(accepts({ intents: [{ [name]: 'users' }] })).toBe(false)
      for (const key of Object.keys(parameters).filter((each) => !(name === 'rawSql' && each === 'expand'))) {
        const without = Object.fromEntries(Object.entries(parameters).filter(([each]) => each !== key))
        expect(accepts({ intents: [{ [name]: without }] }), `without ${key}`).toBe(false)
      }
    },
  )

  test.each([
    ['no intents', { intents: [] }],
    ['two intents in one item', { intents: [{ ...rename, dropColumn: least.dropColumn }] }],
    ['an unknown intent', { intents: [{ renameColum: rename.renameColumn }] }],
    ['an unknown key beside intents', { intents: [rename], intent: [] }],
    ['an empty name', { intents: [{ dropColumn: { table: '', column: 'c' } }] }],
    ['a consent without a reason', { intents: [rename], accept: [{ id: 'raw-sql', reason: '  ' }] }],
    ['a rawSql without a reason', { intents: [{ rawSql: { expand: 'select 1' } }] }],
    ['an index on nothing', { intents: [{ addIndex: { table: 't', name: 'i', columns: [] } }] }],
    ['a comment that no server keeps', { intents: [{ setComment: { table: 't', comment: 'a\0b' } }] }],
    ['an empty expression', { intents: [{ dropColumn: { table: 't', column: 'c', down: '' } }] }],
    ['an expression for no engine', { intents: [{ dropColumn: { table: 't', column: 'c', down: {} } }] }],
    [
      'a split into one',
      { intents: [{ splitColumn: { ...least.splitColumn, into: { a: { type: 'text', up: 'c' } } } }] },
    ],
    [
      'a part of a split without up',
      { intents: [{ splitColumn: { ...least.splitColumn, into: { a: { type: 'text' } } } }] },
    ],
    ['onError of a column that is none', { intents: [{ splitColumn: { ...least.splitColumn, onError: { d: '1' } } }] }],
    ['a merge of one', { intents: [{ mergeColumns: { ...least.mergeColumns, columns: ['a'], down: { a: 'c' } } }] }],
    ['a merge of a column twice', { intents: [{ mergeColumns: { ...least.mergeColumns, columns: ['a', 'b', 'a'] } }] }],
    ['a merge without down of a column', { intents: [{ mergeColumns: { ...least.mergeColumns, down: { a: 'c' } } }] }],
    [
      'a merge with down of another column',
      { intents: [{ mergeColumns: { ...least.mergeColumns, down: { a: 'c', b: 'c', d: 'c' } } }] },
    ],
    [
      'an expression for an unknown engine',
      { intents: [{ dropColumn: { table: 't', column: 'c', down: { oracle: '1' } } }] },
    ],
  ])('refuses %s', (_, value) => {
    expect(accepts(value)).toBe(false)
  })

  test('takes an expression for each engine, and the one of the target is used', () => {
    const migration = {
      intents: [{ dropColumn: { table: 't', column: 'c', down: { postgres: 'p()', mysql: 'm()' } } }],
    }
    expect(accepts(migration)).toBe(true)
    expect(changesOf(migration, 'postgres')).toMatchObject([{ down: 'p()' }])
    expect(changesOf(migration, 'mysql')).toMatchObject([{ down: 'm()' }])
    expect(changesOf(migration, 'mariadb')).toMatchObject([{ down: 'm()' }])
  })

  test('a type that says nothing for the target is refused (3)', () => {
    const migration = { intents: [{ changeType: { table: 't', column: 'c', to: { mysql: 'int' } } }] }
    expect(() => changesOf(migration, 'postgres')).toThrow(
      expect.objectContaining({ exitCode: 3, code: 'migration.dialect' }),
    )
  })
})
