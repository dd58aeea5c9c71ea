import { describe, expect, it } from 'vitest'
import { leavesLockOpen, rawStatements } from '../../../../src/dialects/mysql/raw-statements.ts'

const engines = new Map([
  ['t', 'InnoDB'],
  ['plain', 'MyISAM'],
])
const kindOf = (sql: string): string => {
  const [found] = rawStatements(sql, 'rawSql.expand', engines)
  return found?.transaction ? 'transaction' : (found?.once ?? 'harmless')
}

describe('a statement of an author’s', () => {
  it.each([
    ['transaction', 'insert into t values (1)'],
    ['transaction', 'with x as (select 1) select * from x'],
    ['transaction', 'set statement max_statement_time = 5 for update t set a = 1'],
    ['partial', 'insert into plain values (1)'],
    ['partial', 'update `PLAIN` set a = 1'],
    ['transaction', "update t set a = 'plain'"],
    ['whole', 'create table fresh (id int)'],
    ['harmless', 'create table if not exists fresh (id int)'],
    ['whole', 'create or replace table fresh (id int)'],
    ['harmless', 'create or replace view v as select 1'],
    ['harmless', 'create or replace algorithm = merge definer = `a`@`%` sql security invoker view v as select 1'],
    ['whole', 'create or replace user u'],
    ['whole', 'create trigger x before insert on t for each row if not exists (select 1) then set new.a = 1; end if'],
    ['harmless', 'create trigger if not exists x before insert on t for each row set new.a = 1'],
    ['harmless', 'drop table if exists t'],
    ['whole', 'drop table t'],
    ['partial', 'drop table t, plain'],
    ['whole', 'alter table t add column if not exists a int, add column b int'],
    [
      'harmless',
      'alter table t add column if not exists a int default (greatest(1, 2)), drop column if exists b, lock=none',
    ],
    ['whole', 'alter table if exists t add column a int'],
    ['harmless', 'alter table if exists `d`.t drop column if exists a'],
    ['whole', 'alter event e enable'],
    ['whole', 'truncate t'],
    ['whole', 'rename table t to u'],
    ['harmless', 'grant select on t to u'],
    ['harmless', 'set global max_connections = 5'],
    ['harmless', 'set @@global.max_connections = 5'],
    ['harmless', 'analyze table t'],
    ['partial', 'call p()'],
    ['partial', 'install component x'],
  ])('is %s: %s', (wanted, sql) => {
    expect(kindOf(sql)).toBe(wanted)
  })

  it.each([
    'delimiter //\ncreate procedure p() begin select 1; end //',
    'source file.sql',
    'begin',
    'start transaction',
    'commit',
    'lock tables t write',
    'use other',
    'set sql_mode = ""',
    'set @a = 1',
    'set session foreign_key_checks = 0',
    "prepare s from 'select 1'",
  ])('is refused where only a client or a session of one’s own understands it: %s', (sql) => {
    expect(() => rawStatements(sql, 'rawSql.expand', engines)).toThrow(
      expect.objectContaining({ exitCode: 2, code: 'migration.raw-sql' }),
    )
  })

  it('leaves it open how an ALTER is done, or does not', () => {
    expect(leavesLockOpen('alter table t add index (a)')).toBe(true)
    expect(leavesLockOpen('alter table t add index (a), algorithm=inplace, lock=none')).toBe(false)
    expect(leavesLockOpen('alter table t add column a int, algorithm=instant')).toBe(false)
    expect(leavesLockOpen('alter view v as select 1')).toBe(false)
  })
})
