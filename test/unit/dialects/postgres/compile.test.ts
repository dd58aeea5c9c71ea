import { describe, expect, test } from 'vitest'
import { compile } from '../../../../src/dialects/postgres/compile.ts'
import type { Action } from '../../../../src/planner/steps.ts'

const table = { schema: 'public', name: 'users' }
const said = (action: Action): readonly string[] =>
  compile(action, { stateSchema: 'bellows', active: [] }).map(({ sql }) => sql)

describe('an action of a plan that an older version froze', () => {
  test('takes an identity away and makes it anew behind the highest value', () => {
    expect(said({ do: 'dropIdentity', table, column: 'n' })).toEqual([
      'alter table "public"."users" alter column "n" drop identity if exists',
    ])
    expect(said({ do: 'addIdentity', table, column: 'n', always: true, from: 'n' })).toEqual([
      'alter table "public"."users" alter column "n" add generated always as identity',
      `select setval(pg_get_serial_sequence('"public"."users"', 'n'), greatest((select coalesce(max("n"), 0) from "public"."users") + 1, 1), false)`,
    ])
  })
})
