import { describe, expect, it } from 'vitest'
import { isOwn } from '../../../../src/dialects/mysql/own-statements.ts'
import { mayBeCut, readsOf } from '../../../../src/dialects/mysql/reads.ts'

const shape = { table: { schema: 'shop', name: 'users' }, columns: ['name'] }
const reads = (text: string, database: string | null = 'shop') => readsOf(text, database, shape)

describe('a digest names the old column', () => {
  it.each([
    'SELECT NAME FROM `users` WHERE `id` = ?',
    'SELECT `name` FROM `shop` . `users` `u` WHERE `u` . `name` IN (...)',
    'EXECUTE SELECT NAME , `id` FROM `users` WHERE `id` = ?',
    'SELECT `users` . NAME FROM `users`',
    'SELECT `u` . `name` FROM `users` AS `u` JOIN `orders` `o` ON `o` . `user_id` = `u` . `id`',
    'SELECT `id` FROM `users` ORDER BY NAME',
    'SELECT `id` FROM `users` WHERE LOWER ( NAME ) = ?',
    'INSERT INTO `users` ( `id` , NAME ) VALUES (...) /* , ... */',
    'UPDATE `users` SET NAME = ? WHERE `id` = ?',
    'INSERT INTO `tags` ( `label` ) SELECT NAME FROM `users`',
    'WITH `x` AS ( SELECT NAME FROM `users` ) SELECT * FROM `x`',
    'SET @? = ( SELECT NAME FROM `users` LIMIT ? )',
    'CALL `greet` ( ( SELECT NAME FROM `users` LIMIT ? ) )',
    'EXPLAIN ANALYZE SELECT NAME FROM `users`',
    'ANALYZE SELECT NAME FROM `users`',
    'SELECT `t` . `full_name` AS NAME FROM ( SELECT `id` FROM `users` ORDER BY NAME LIMIT ? ) `t`',
    'SELECT `full_name` AS NAME , ROW_NUMBER ( ) OVER ( ORDER BY NAME ) FROM `users`',
  ])('%s', (text) => expect(reads(text)).toBe('names'))
})

describe('a digest takes all columns', () => {
  it.each([
    'SELECT * FROM `users` WHERE `id` = ?',
    'SELECT `u` . * , `t` . `label` FROM `users` `u` JOIN `tags` `t` ON `t` . `id` = `u` . `id`',
    'INSERT INTO `users` VALUES (...)',
    'SELECT `id` FROM `users` NATURAL JOIN `tags`',
    'TABLE `users`',
    'SELECT SQL_NO_CACHE * FROM `users`',
    'SELECT SQL_CALC_FOUND_ROWS * FROM `users` LIMIT ?',
    'INSERT INTO `archive` TABLE `users`',
    'INSERT INTO `archive` TABLE `shop` . `users`',
    'WITH `t` AS ( TABLE `users` ) SELECT `t` . NAME FROM `t`',
    'CREATE TABLE `kept` AS TABLE `users`',
    'LOAD DATA INFILE ? INTO TABLE `users` FIELDS TERMINATED BY ?',
    'LOAD DATA LOCAL INFILE ? INTO TABLE `users`',
    'INSERT INTO `users` PARTITION ( `p` ) VALUES (...)',
  ])('%s', (text) => expect(reads(text)).toBe('all'))
})

describe('a digest has nothing of the old shape', () => {
  it.each([
    'SELECT `full_name` FROM `users` WHERE `id` = ?',
    'SELECT `u` . `full_name` , `o` . NAME FROM `users` `u` JOIN `orders` `o` ON `o` . `user_id` = `u` . `id`',
    'SELECT `full_name` AS NAME FROM `users` ORDER BY NAME',
    'SELECT `full_name` `name` FROM `users`',
    'SELECT NAME FROM `other` . `users`',
    'SELECT NAME FROM `orders`',
    'SELECT COUNT ( * ) FROM `users`',
    'SELECT `full_name` FROM `users` `u` WHERE EXISTS ( SELECT * FROM `tags` )',
    'ALTER TABLE `users` DROP COLUMN NAME',
    'SHOW CREATE TABLE `users`',
    'LOAD DATA INFILE ? INTO TABLE `users` FIELDS TERMINATED BY ? ( `id` , `full_name` )',
    'INSERT INTO `users` ( `id` , `full_name` ) VALUES (...)',
    'INSERT INTO `users` ( ) VALUES ( )',
    'SELECT `id` * ? , COUNT ( * ) FROM `users`',
    'EXPLAIN SELECT NAME FROM `users`',
    'ANALYZE TABLE `users` UPDATE HISTOGRAM ON NAME WITH ? BUCKETS',
    'CREATE TABLE `users` ( `id` INTEGER , NAME TEXT )',
    'CREATE OR REPLACE TABLE `users` ( NAME TEXT )',
    'CREATE TRIGGER `t` BEFORE INSERT ON `users` FOR EACH ROW SET NEW . NAME = ?',
  ])('%s', (text) => expect(reads(text)).toBeNull())

  it('where it was executed in another database', () => {
    expect(reads('SELECT NAME FROM `users`', 'other')).toBeNull()
    expect(reads('SELECT NAME FROM `shop` . `users`', 'other')).toBe('names')
    expect(reads('SELECT NAME FROM `users`', null)).toBeNull()
  })
})

describe('a digest of ours is known', () => {
  it.each([
    'SELECT COUNT ( * ) AS `rows` , COALESCE ( SUM ( ( NOT ( CAST ( `t` . `full_name` AS BINARY ) <=> CAST ( `t` . `name` AS BINARY ) ) ) ) , ? ) + ? AS `mismatches`',
    'EXECUTE SELECT COUNT ( * ) + ? AS `count` , ( SELECT JSON_ARRAYAGG ( `s` . `k` ) FROM ( SELECT `json_object` ( ? , `t` . `id` ) AS `k` FROM `shop` . `users` AS `t`',
    'EXECUTE UPDATE `shop` . `users` AS `t` SET `t` . `full_name` = `t` . NAME WHERE `t` . `id` <= CAST ( CAST ( ? AS CHARACTER ) AS SIGNED )',
  ])('%s', (text) => expect(isOwn(text)).toBe(true))

  it('and one of an app is none', () => {
    expect(isOwn('SELECT COUNT ( * ) AS `rows` FROM `users`')).toBe(false)
    expect(isOwn('SELECT COUNT ( * ) AS `count` , JSON_ARRAYAGG ( NAME ) AS `keys` FROM `users`')).toBe(false)
    expect(isOwn('UPDATE `users` AS `t` SET NAME = ? WHERE `id` = ?')).toBe(false)
  })
})

describe('a digest that may be cut off', () => {
  const wide = (count: number): string =>
    `SELECT ${Array.from({ length: count }, (_, at) => `\`column_${at}\``).join(' , ')} FROM \`users\``

  it('is one that fills what the server keeps of a statement, but for one name', () => {
    expect(mayBeCut(wide(40), 1024)).toBe(false)
    expect(mayBeCut(wide(64), 1024)).toBe(true)
    expect(mayBeCut(wide(64), 4096)).toBe(false)
  })
})
