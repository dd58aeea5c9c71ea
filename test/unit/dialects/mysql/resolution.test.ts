import { expect, it } from 'vitest'
import { usual } from '../../../../src/dialects/mysql/lexer.ts'
import { readView } from '../../../../src/dialects/mysql/resolution.ts'

const read = (statement: string, printed: string) => readView(printed, statement, { database: 'd', lexing: usual })

it('reads the names in the text of a view, without the database and literals', () => {
  const printed =
    "select `u`.`id` AS `c0` from `d`.`users` `u` where `u`.`name` = '`x`.`y`' and exists(select 1 from `d`.`orders` where `d`.`orders`.`user_id` = `u`.`id`)"
  expect(read('select id from users u where ...', printed)).toEqual({
    columns: ['u.id', 'u.name', 'orders.user_id', 'u.id'],
    joins: [],
  })
})

it('tells apart what a join compares where the statement does not say it', () => {
  const printed =
    'select `d`.`a`.`x` AS `c0` from (`d`.`a` join `d`.`b` on(((`d`.`a`.`id` = `d`.`b`.`id`) and (`d`.`a`.`n` = `d`.`b`.`n`)))) where (`d`.`a`.`t` > 1)'
  expect(read('select x from a natural join b where t > ?', printed).joins).toEqual(['a.id, b.id, a.n, b.n'])
  expect(read('select x from a join b on a.id = b.id and a.n = b.n where t > ?', printed).joins).toEqual([])
})

it('leaves out what stands for a star, also in a part of it', () => {
  const printed =
    'select `t`.`a` AS `c0`,`t`.`b` AS `c1` from (select `d`.`u`.`a` AS `a`,`d`.`u`.`b` AS `b` from `d`.`u`) `t` where `t`.`a` = 1'
  expect(read('select * from (select * from u) t where a = 1', printed).columns).toEqual(['t.a'])
})
