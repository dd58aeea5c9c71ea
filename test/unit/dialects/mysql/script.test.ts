import { describe, expect, it } from 'vitest'
import { splitStatements } from '../../../../src/dialects/mysql/script.ts'

const texts = (script: string): readonly string[] => splitStatements(script).map(({ text }) => text)

describe('a script falls into statements', () => {
  it('at the semicolons that are none of a text or comment', () => {
    expect(texts("select ';'; -- a; b\nselect `;` /* ; */ from t;\n;")).toEqual([
      "select ';'",
      'select `;` /* ; */ from t',
    ])
  })

  it('with the comments that are code', () => {
    expect(
      texts('/* no */ /*!80000 create view v as */ select 1 /* no */; # no\n/*M!100000 select 2 */; select 3'),
    ).toEqual(['/*!80000 create view v as */ select 1', '/*M!100000 select 2 */', 'select 3'])
  })

  it.each([
    'create trigger t before insert on x for each row begin set new.a = 1; set new.b = 2; end',
    'create trigger if not exists t before insert on x for each row if new.a > 1 then set new.a = 1; end if',
    'create definer = `a`@`%` procedure p() begin declare done int; while done < 3 do set done = done + 1; end while; end',
    "create or replace function f(a int) returns int begin if (a > 1) then return if(a, 1, 2); elseif a < 0 then return 0; end if; return case a when 1 then if(a, 2, 3) else repeat('x', 3) end; end",
    'create procedure p() one: loop leave one; end loop one',
    'create procedure p() begin case x when 1 then select 1; else begin end; end case; repeat set x = 1; until x end repeat; end',
    'create event e on schedule every 1 day do begin delete from x; delete from y; end',
  ])('and not inside a body: %s', (body) => {
    expect(texts(`select 1; ${body}; select 2`)).toEqual(['select 1', body, 'select 2'])
  })

  it('whatever columns are called', () => {
    const script = 'update t set begin = 1; create table loops (`end` int, begin int); select if(a, 1, 2) from t'
    expect(texts(script)).toHaveLength(3)
  })
})
