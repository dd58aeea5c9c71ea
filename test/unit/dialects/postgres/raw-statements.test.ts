import { beforeAll, describe, expect, it } from 'vitest'
import { loadParser } from '../../../../src/dialects/postgres/parser.ts'
import { rawStatements } from '../../../../src/dialects/postgres/raw-statements.ts'

beforeAll(loadParser)

const kindOf = (sql: string): string => {
  const [found] = rawStatements(sql, 'rawSql.expand')
  return found?.transaction ? 'transaction' : (found?.once ?? 'harmless')
}

describe('a statement of an author’s', () => {
  it.each([
    ['transaction', 'insert into t values (1)'],
    ['transaction', 'create index on t (a)'],
    ['whole', 'create index concurrently on t (a)'],
    ['harmless', 'vacuum t'],
    ['transaction', 'lock table t'],
    ['transaction', "notify somebody, 'this'"],
    ['transaction', 'show search_path'],
    ['transaction', "do $$begin set local search_path = 's1'; create table t (); end$$"],
    ['transaction', "create function f() returns int language sql set search_path = '' as 'select 1'"],
    ['transaction', 'alter role somebody set search_path = s1'],
    ['transaction', 'alter table t set (fillfactor = 50)'],
    ['transaction', "select set_config('search_path', 's1', true)"],
    ['transaction', "copy t from '/somewhere'"],
    ['transaction', "copy t from program 'cat'"],
    ['transaction', 'explain execute p'],
  ])('is %s: %s', (wanted, sql) => {
    expect(kindOf(sql)).toBe(wanted)
  })

  it.each([
    'begin',
    'start transaction isolation level serializable',
    'commit',
    'end',
    'rollback',
    'abort',
    'savepoint a',
    'release a',
    'rollback to a',
    "prepare transaction 'a'",
    "commit prepared 'a'",
    'set search_path = s1',
    'set session search_path = s1',
    'set local search_path = s1',
    'set search_path to default',
    "set schema 's1'",
    "set time zone 'UTC'",
    'set transaction isolation level serializable',
    'set session characteristics as transaction read only',
    'set role somebody',
    'set local role somebody',
    'set session authorization somebody',
    'set constraints all deferred',
    'reset search_path',
    'reset role',
    'reset all',
    'discard all',
    'listen somebody',
    'unlisten *',
    'prepare p as select 1',
    'execute p',
    'deallocate all',
    'declare c cursor with hold for select 1',
    'fetch c',
    'move c',
    'close c',
    "load 'auto_explain'",
    'copy t from stdin',
    'copy (select 1) to stdout',
    "select pg_catalog.set_config('search_path', '', false)",
    "select set_config('search_path', (select ''), 1 = 1)",
  ])('is refused where only a client, or a session or transaction of one’s own, understands it: %s', (sql) => {
    expect(() => rawStatements(`select 1; /* then */ ${sql}`, 'rawSql.expand')).toThrow(
      expect.objectContaining({ exitCode: 2, code: 'migration.raw-sql' }),
    )
  })

  it('is refused as such where the server would not parse it', () => {
    expect(() => rawStatements('insert into t values (1);\nalter tabel t add x int', 'rawSql.expand')).toThrow(
      expect.objectContaining({
        exitCode: 2,
        code: 'migration.raw-sql',
        message: expect.stringMatching(/^rawSql\.expand: syntax error at or near "tabel"\n/),
      }),
    )
  })

  it('is refused with where it stands, why, and what to do', () => {
    expect(() => rawStatements('insert into t values (1);\n-- done\ncommit', 'rawSql.rollback')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^rawSql\.rollback: COMMIT is not for a migration\n/),
        hint: expect.stringContaining('leave it out'),
      }),
    )
  })
})
