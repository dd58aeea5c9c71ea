import { beforeAll, describe, expect, test } from 'vitest'
import {
  copyOfCheck,
  copyOfForeignKey,
  copyOfIndex,
  retarget,
} from '../../../../src/dialects/postgres/arrange/copies.ts'
import { loadParser } from '../../../../src/dialects/postgres/parser.ts'
import type { Constraint, Index, Table } from '../../../../src/planner/catalog.ts'

beforeAll(() => loadParser())

const table = { schema: 'public', name: 'orders' } as Table
const plain: Index = {
  name: 'orders_total',
  method: 'btree',
  unique: false,
  primary: false,
  valid: true,
  replicaIdentity: false,
  constraint: null,
  keys: [{ column: 'total', expression: 'total', options: '' }],
  include: [],
  nullsNotDistinct: false,
  with: null,
  tablespace: null,
  predicate: null,
  definition: '',
  comment: null,
  columns: ['total'],
}
const body = (index: Partial<Index>): string => copyOfIndex({ ...plain, ...index }, 'total', 'to"tal', 'id', table).body

describe('a copy of an index', () => {
  test('stands on the other column', () => {
    expect(body({})).toBe('using "btree" ("to""tal")')
  })

  test('keeps order, classes, included columns, options, tablespace and predicate', () => {
    expect(
      body({
        keys: [
          { column: 'total', expression: 'total', options: 'COLLATE "C" text_pattern_ops DESC NULLS LAST' },
          { column: 'id', expression: 'id', options: '' },
          { column: null, expression: "(lower(total) || 'total')", options: '' },
        ],
        include: ['note', 'total'],
        nullsNotDistinct: true,
        with: "fillfactor='70'",
        tablespace: 'Fast Disk',
        predicate: "(total > 'total'::text)",
      }),
    ).toBe(
      'using "btree" ("to""tal" COLLATE "C" text_pattern_ops DESC NULLS LAST, "id", ((lower("to""tal") || \'total\'))) include ("note", "to""tal") nulls not distinct with (fillfactor=\'70\') tablespace "Fast Disk" where ("to""tal" > \'total\'::text)',
    )
  })

  test('has a name of ours, another one for another index, and the comment', () => {
    const copy = copyOfIndex({ ...plain, unique: true, comment: "it's" }, 'total', 'x', 'id', table)
    expect(copy).toMatchObject({
      unique: true,
      comment: "it's",
      name: expect.stringMatching(/^bellows_i_[0-9a-f]{8}_orders_total$/),
    })
    expect(copyOfIndex({ ...plain, name: 'other' }, 'total', 'x', 'id', table).name).not.toBe(copy.name)
  })
})

describe('a copy of a check', () => {
  const check = (definition: string): string =>
    copyOfCheck({ definition } as Constraint, new Map([['total', 'sum']]), table)
  test.each([
    ['CHECK ((total > 0))', 'check (("sum" > 0))'],
    ['CHECK ((total > 0)) NOT VALID', 'check (("sum" > 0))'],
    ['CHECK ((total > 0)) NO INHERIT', 'check (("sum" > 0)) no inherit'],
    ['CHECK ((total > 0)) NO INHERIT NOT VALID', 'check (("sum" > 0)) no inherit'],
    [
      "CHECK (((total > 0) AND (name <> 'total NOT VALID'::text)))",
      'check ((("sum" > 0) AND ("name" <> \'total NOT VALID\'::text)))',
    ],
    ["CHECK ((note <> ') NO INHERIT'::text))", 'check (("note" <> \') NO INHERIT\'::text))'],
  ])('%s', (definition, expected) => {
    expect(check(definition)).toBe(expected)
  })
})

describe('a copy of a foreign key', () => {
  const key = {
    columns: ['a', 'b'],
    references: {
      table: { schema: 'My Shop', name: 'parents' },
      columns: ['x', 'y'],
      rules: 'MATCH FULL ON DELETE CASCADE DEFERRABLE',
    },
  } as unknown as Constraint

  test('has another column at its own end, or at the other', () => {
    expect(copyOfForeignKey(key, { own: ['b', 'c'] })).toBe(
      'foreign key ("a", "c") references "My Shop"."parents" ("x", "y") MATCH FULL ON DELETE CASCADE DEFERRABLE',
    )
    expect(copyOfForeignKey(key, { theirs: ['x', 'z'] })).toContain(
      '("a", "b") references "My Shop"."parents" ("z", "y")',
    )
  })
})

describe('retargeting', () => {
  test('leaves strings, types and functions of that name alone', () => {
    expect(retarget("(total || 'total'::total || total(1))", 'total', 'x', 'orders')).toBe(
      '("x" || \'total\'::total || total(1))',
    )
  })
})
