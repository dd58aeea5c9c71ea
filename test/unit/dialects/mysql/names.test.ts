import { describe, expect, it } from 'vitest'
import { type Known, retarget } from '../../../../src/dialects/mysql/names.ts'
import { outside } from '../../../../src/dialects/mysql/outside.ts'

const known: Known = {
  database: 'shop',
  exact: true,
  tables: new Map([
    ['users', new Set(['id', 'name', 'shop'])],
    ['orders', new Set(['id', 'users'])],
  ]),
  databases: new Set(['shop', 'other', 'information_schema', 'mysql']),
}
const ownTable: Known = { ...known, tables: new Map([...known.tables, ['shop', new Set(['id', 'orders'])]]) }

describe('a text for a database of another name', () => {
  it.each([
    ['select name from users', 'select name from users'],
    ["select 'shop.users' from shop.users -- shop.users", "select 'shop.users' from `x`.users -- shop.users"],
    ['select shop.users.name, `shop`.f(1) from shop . users', 'select `x`.users.name, `x`.f(1) from `x` . users'],
    ['select shop from users', 'select shop from users'],
    ['select SHOP.users.name from users', { why: expect.stringContaining('SHOP') }],
    // An alias of the same name.
    ['select shop.name from users shop', 'select shop.name from users shop'],
    ['select shop.users from orders shop', { why: expect.stringContaining('may mean') }],
    // Nothing tells that the first one is a table.
    ['select * from shop.orders shop join shop.users u', { why: expect.stringContaining('may mean') }],
    ['insert into users (id) values (1) on duplicate key update users.name = users.id', 'same'],
    ['select u.name from users u where exists (select 1 from orders o where o.users = u.id)', 'same'],
    [
      'SELECT `shop`.`users`.`id`, `j1`.`id` FROM `shop`.`users` LEFT JOIN `shop`.`orders` AS `j1` ON (`j1`.`users`) = (`shop`.`users`.`id`) WHERE (`shop`.`users`.`shop` = ? AND 1=1)',
      'SELECT `x`.`users`.`id`, `j1`.`id` FROM `x`.`users` LEFT JOIN `x`.`orders` AS `j1` ON (`j1`.`users`) = (`x`.`users`.`id`) WHERE (`x`.`users`.`shop` = ? AND 1=1)',
    ],
    [
      'UPDATE `shop`.`users` SET `shop` = ? WHERE (`shop`.`users`.`id` IN (?) AND 1=1)',
      'UPDATE `x`.`users` SET `shop` = ? WHERE (`x`.`users`.`id` IN (?) AND 1=1)',
    ],
    ['select * from other.users', { why: expect.stringContaining('other') }],
    ['select * from nowhere.users', { why: expect.stringContaining('nowhere') }],
    ['select * from information_schema.tables', 'same'],
    ['select * from mysql.user', { why: expect.stringContaining('mysql') }],
  ])('%s', (text, expected) => {
    expect(retarget(text, 'x', known)).toEqual(expected === 'same' ? text : expected)
  })

  it.each([
    ['select shop.id from shop', 'select shop.id from shop'],
    ['select shop.name from shop.users', { why: expect.stringContaining('may mean') }],
    ['select shop.id from shop.shop', 'select shop.id from `x`.shop'],
    ['insert into shop.users (id) values (1)', 'insert into `x`.users (id) values (1)'],
  ])('%s, where a table has the name too', (text, expected) => {
    expect(retarget(text, 'x', ownTable)).toEqual(expected)
  })
})

describe('a statement of a migration', () => {
  it.each([
    'alter table users add column a int',
    'update users u join orders o on o.id = u.id set u.name = 1',
    'insert into users (id) select users.id from users',
    'create or replace view v as select u.id from users u',
  ])('stays in its database: %s', (statement) => {
    expect(outside(statement, known)).toBeNull()
  })

  it.each([
    'alter table shop.users add column a int',
    'insert into other.users values (1)',
    'update users other set other.name = 1',
    'update `mysql`.user set x = 1',
    'create user x',
    'create database y',
    'drop schema shop',
    'set global sql_mode = 1',
    'use shop',
    'call p()',
    "select 1 into outfile '/tmp/x'",
    'grant all on *.* to x',
  ])('may leave it: %s', (statement) => {
    expect(outside(statement, known)).toEqual(expect.any(String))
  })
})
