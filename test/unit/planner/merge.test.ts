import { describe, expect, test } from 'vitest'
import type { Intent } from '../../../src/index.ts'
import {
  addColumn,
  addIndex,
  changeType,
  dropColumn,
  dropDefault,
  dropNotNull,
  renameColumn,
  setComment,
  setDefault,
  setNotNull,
  splitColumn,
} from '../../../src/index.ts'
import { changesOf } from '../../../src/planner/changes-of.ts'

const merged = (...intents: readonly Intent[]) => changesOf({ intents }, 'postgres')
const table = 'users'

describe('intents on different columns', () => {
  test('stay changes of their own, in their order', () => {
    const changes = merged(
      renameColumn({ table, from: 'a', to: 'b' }),
      setNotNull({ table, column: 'c' }),
      addIndex({ table, name: 'i', columns: ['b'] }),
    )
    expect(changes.map(({ kind }) => kind)).toEqual(['replaceColumn', 'nullability', 'addIndex'])
  })

  test('of the same name in different tables or schemas are not put together', () => {
    expect(
      merged(renameColumn({ table: 'a', from: 'x', to: 'y' }), setNotNull({ table: 'b', column: 'y' })),
    ).toHaveLength(2)
    expect(
      merged(renameColumn({ table: 's.a', from: 'x', to: 'y' }), setNotNull({ table: 'a', column: 'y' })),
    ).toHaveLength(2)
  })

  test('that name the old name after a rename mean another column', () => {
    expect(merged(renameColumn({ table, from: 'a', to: 'b' }), setNotNull({ table, column: 'a' }))).toHaveLength(2)
  })
})

describe('a rename', () => {
  test('and a change of type are one replacement, in either order', () => {
    const first = merged(renameColumn({ table, from: 'a', to: 'b' }), changeType({ table, column: 'b', to: 'bigint' }))
    const second = merged(changeType({ table, column: 'a', to: 'bigint' }), renameColumn({ table, from: 'a', to: 'b' }))
    expect(first).toEqual(second)
    expect(first).toMatchObject([
      { kind: 'replaceColumn', from: 'a', to: 'b', type: 'bigint', identity: false, sameName: false },
    ])
  })

  test('and a rename are one rename', () => {
    const changes = merged(renameColumn({ table, from: 'a', to: 'b' }), renameColumn({ table, from: 'b', to: 'c' }))
    expect(changes).toMatchObject([{ from: 'a', to: 'c', identity: true }])
  })

  test('takes a later NOT NULL and default of the new column with it', () => {
    const changes = merged(
      renameColumn({ table, from: 'a', to: 'b' }),
      setNotNull({ table, column: 'b' }),
      setDefault({ table, column: 'b', default: '1' }),
    )
    expect(changes).toMatchObject([{ kind: 'replaceColumn', nullable: false, default: { value: '1' } }])
    expect(merged(renameColumn({ table, from: 'a', to: 'b' }), dropDefault({ table, column: 'b' }))).toMatchObject([
      { default: { value: null } },
    ])
  })
})

describe('an added column', () => {
  const add = addColumn({ table, column: 'a', type: 'int' })

  test('takes what later intents say of it', () => {
    expect(
      merged(
        add,
        setDefault({ table, column: 'a', default: '1' }),
        setNotNull({ table, column: 'a' }),
        renameColumn({ table, from: 'a', to: 'b' }),
      ),
    ).toMatchObject([{ kind: 'addColumn', column: { name: 'b', default: '1', nullable: false } }])
    expect(
      merged(
        addColumn({ table, column: 'a', type: 'int', nullable: false, default: '1' }),
        dropNotNull({ table, column: 'a' }),
      ),
    ).toMatchObject([{ column: { nullable: true } }])
  })
})

describe('what cannot be one plan is refused (3) and says which column', () => {
  test.each([
    [
      'a type with expressions after a rename',
      [renameColumn({ table, from: 'a', to: 'b' }), changeType({ table, column: 'b', to: 'int', up: 'b::int' })],
    ],
    [
      'two changes of type',
      [changeType({ table, column: 'a', to: 'int' }), changeType({ table, column: 'a', to: 'text' })],
    ],
    [
      'a column that is added and dropped',
      [addColumn({ table, column: 'a', type: 'int' }), dropColumn({ table, column: 'a' })],
    ],
    [
      'a column that is renamed and dropped',
      [renameColumn({ table, from: 'a', to: 'b' }), dropColumn({ table, column: 'b' })],
    ],
    [
      'NOT NULL with up after a rename',
      [renameColumn({ table, from: 'a', to: 'b' }), setNotNull({ table, column: 'b', up: '1' })],
    ],
    [
      'a type for an added column',
      [addColumn({ table, column: 'a', type: 'int' }), changeType({ table, column: 'a', to: 'text' })],
    ],
    [
      'a column that is renamed, and back',
      [renameColumn({ table, from: 'a', to: 'b' }), renameColumn({ table, from: 'b', to: 'a' })],
    ],
    [
      'a column that is dropped and renamed',
      [dropColumn({ table, column: 'a' }), renameColumn({ table, from: 'a', to: 'b' })],
    ],
  ])('%s', (_, intents) => {
    expect(() => merged(...intents)).toThrow(
      expect.objectContaining({
        code: 'plan.combination',
        exitCode: 3,
        message: expect.stringMatching(/users\.[ab] /),
      }),
    )
  })
})

describe('a split column', () => {
  const part = { type: 'text', up: 'a' }
  const split = splitColumn({ table, column: 'a', into: { b: part, c: part }, down: 'b' })

  test('stands beside intents on other columns, also an index on what it makes', () => {
    const others = [
      renameColumn({ table, from: 'd', to: 'e' }),
      addColumn({ table, column: 'f', type: 'int' }),
      addIndex({ table, name: 'i', columns: ['b', 'e'] }),
      dropColumn({ table: 'other', column: 'a' }),
    ]
    expect(merged(split, ...others)).toHaveLength(5)
    expect(merged(...others, split)).toHaveLength(5)
  })

  test.each([
    ['what it makes renamed', renameColumn({ table, from: 'b', to: 'd' })],
    ['what it makes made NOT NULL', setNotNull({ table, column: 'c' })],
    ['another column of that name', addColumn({ table, column: 'b', type: 'int' })],
    ['a rename to that name', renameColumn({ table, from: 'd', to: 'b' })],
    ['the old one dropped', dropColumn({ table, column: 'a' })],
    ['the old one renamed', renameColumn({ table, from: 'a', to: 'd' })],
    ['a default of the old one', setDefault({ table, column: 'a', default: '1' })],
    ['an index on the old one', addIndex({ table, name: 'i', columns: ['d', 'a'] })],
    ['the old one split again', splitColumn({ table, column: 'a', into: { d: part, e: part }, down: 'd' })],
  ])('cannot be one plan with %s, before or after it', (_, other) => {
    for (const intents of [
      [split, other],
      [other, split],
    ])
      expect(() => merged(...intents)).toThrow(expect.objectContaining({ code: 'plan.combination', exitCode: 3 }))
  })
})

describe('a comment', () => {
  const comment = (text: string | null, column?: string) =>
    setComment({ table, comment: text, ...(column && { column }) })

  test('of a column that comes is part of it; the last one of the same thing holds', () => {
    expect(merged(addColumn({ table, column: 'a', type: 'int' }), comment('new', 'a'))).toMatchObject([
      { kind: 'addColumn', column: { comment: 'new' } },
    ])
    expect(merged(comment('first'), comment('of a', 'a'), comment('last'), comment('', 'a'))).toMatchObject([
      { column: null, comment: 'last' },
      { column: 'a', comment: null },
    ])
  })

  test('is no plan with what makes the column anew, before or after it', () => {
    const rename = renameColumn({ table, from: 'a', to: 'b' })
    const refused = expect.objectContaining({ exitCode: 3, code: 'plan.combination' })
    expect(() => merged(comment('x', 'a'), rename)).toThrow(refused)
    expect(() => merged(rename, comment('x', 'b'))).toThrow(refused)
    expect(() => merged(comment('x', 'a'), dropColumn({ table, column: 'a' }))).toThrow(refused)
    expect(merged(comment('x', 'a'), setDefault({ table, column: 'a', default: '1' }))).toHaveLength(2)
  })
})
