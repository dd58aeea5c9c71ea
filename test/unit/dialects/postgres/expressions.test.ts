import { beforeAll, describe, expect, test } from 'vitest'
import {
  bindScalar,
  isVolatile,
  parseScalar,
  parseType,
  splitStatements,
} from '../../../../src/dialects/postgres/expressions.ts'
import { loadParser } from '../../../../src/dialects/postgres/parser.ts'

beforeAll(() => loadParser())
const parsed = (text: string) => parseScalar(text, 'up', 'users')
const bound = (text: string) => bindScalar(parsed(text), (column) => `NEW.<${column}>`)

describe('binding puts columns elsewhere and leaves the rest as it is', () => {
  test.each([
    ['name', 'NEW.<name>'],
    ['users.name', 'NEW.<name>'],
    ['users . name', 'NEW.<name>'],
    ['"Na""me"', 'NEW.<Na"me>'],
    ["'name' || name || 'name'", "'name' || NEW.<name> || 'name'"],
    ['lower(name) -- name', 'lower(NEW.<name>) -- name'],
    ['/* name */ name /* é */ || name', '/* name */ NEW.<name> /* é */ || NEW.<name>'],
    ["'é' || name", "'é' || NEW.<name>"],
    ["$x$name$x$ || E'\\'name' || name", "$x$name$x$ || E'\\'name' || NEW.<name>"],
    ['name(name)', 'name(NEW.<name>)'],
    ['name::name', 'NEW.<name>::name'],
    ['extract(year from at)', 'extract(year from NEW.<at>)'],
    ['(prices)[1]', '(NEW.<prices>)[1]'],
    ["data->>'name'", "NEW.<data>->>'name'"],
    ['1', '1'],
    ['NAME', 'NEW.<name>'],
  ])('%s', (text, expected) => {
    expect(bound(text)).toBe(expected)
  })
})

describe('what is not one scalar over the row is exit 2', () => {
  test.each([
    '',
    'a b c',
    'a,',
    'a, b',
    '(a, b)',
    'row(a)',
    '*',
    'users.*',
    'other.a',
    'public.users.a',
    'a; b',
    '1) from x --',
    '(select 1)',
    'exists (select 1)',
    'a in (select 1)',
    'array(select 1)',
    '$1',
    'count(*)',
    'max(a)',
    'sum(a) over ()',
    'first_value(a) over (order by b)',
    "string_agg(a, ',' order by a)",
    'current_user',
    'session_user',
    'user',
    'current_schema',
    'current_catalog',
    "current_setting('a')",
    'pg_backend_pid()',
    'currval(1)',
    'a as b',
    'a where true',
    'default',
  ])('%s', (text) => {
    expect(() => parsed(text)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        code: 'migration.expression',
        message: expect.stringContaining('up cannot be used'),
      }),
    )
  })
})

describe('an expression', () => {
  test('tells what it calls and casts to, to pin their schemas', () => {
    expect(parsed('mine.f(a) || g(a::t)::public.u')).toMatchObject({ functions: ['g'], types: ['t'] })
  })

  test.each([
    'now()',
    'random()',
    'gen_random_uuid()',
    "nextval('s')",
    'current_timestamp',
    'localtime',
    'clock_timestamp()',
    'lower(random()::text)',
  ])('%s is volatile', (text) => {
    expect(isVolatile(parsed(text), new Set())).toBe(true)
  })

  test('is volatile by a function of the users, as the catalog says', () => {
    expect(isVolatile(parsed('mine(a)'), new Set())).toBe(false)
    expect(isVolatile(parsed('mine(a)'), new Set(['mine']))).toBe(true)
    expect(isVolatile(parsed("lower('now()')"), new Set())).toBe(false)
  })
})

describe('a type', () => {
  test.each([
    ['int', 'int', 'int4', false],
    ['bigint', 'bigint', 'int8', false],
    ['varchar(20)', 'varchar', 'varchar', true],
    ['character varying (20)', 'character varying', 'varchar', true],
    ['numeric(12, 2)', 'numeric', 'numeric', true],
    ['numeric(12,2)[]', 'numeric[]', 'numeric[]', true],
    ['timestamp(3) with time zone', 'timestamp with time zone', 'timestamptz', true],
    ['char(5)', 'pg_catalog."bpchar"', 'bpchar', true],
    ['char', 'pg_catalog."bpchar"', 'bpchar', true],
    ['character(5)[]', 'pg_catalog."bpchar"[]', 'bpchar[]', true],
    ['bit(8)', 'pg_catalog."bit"', 'bit', true],
    ['bit varying(8)', 'bit varying', 'varbit', true],
    ['"My Type"', '"My Type"', 'My Type', false],
  ])('%s is %s without its length', (text, bare, name, modified) => {
    expect(parseType(text, 'type')).toMatchObject({ text, bare, name, modified })
  })

  test('with a schema says so; pg_catalog is none', () => {
    expect(parseType('shop.price', 'type').schema).not.toBeNull()
    expect(parseType('pg_catalog.int4', 'type').schema).toBeNull()
  })

  test.each([
    '',
    'int not null',
    'int default 1',
    'int; drop table x',
    'int collate "C"',
    'int, b int',
    'int) --',
    'int = 1',
    '1',
  ])('%j is none: exit 2', (text) => {
    expect(() => parseType(text, 'type')).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe('a script', () => {
  test('is split where its statements end, not where a semicolon stands', () => {
    const script = "insert into t values ('a;b'); -- one;\nselect $$;$$ ;\n\n update t set a = 'é;';"
    expect(splitStatements(script, 'rawSql.expand').map(({ text }) => text)).toEqual([
      "insert into t values ('a;b')",
      'select $$;$$',
      "update t set a = 'é;'",
    ])
  })

  test('that cannot be read is exit 2', () => {
    expect(() => splitStatements('selec 1', 'rawSql.expand')).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})
