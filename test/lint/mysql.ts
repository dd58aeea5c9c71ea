import type { Example } from './example.ts'

/** The schema in which the examples run. */
export const mysqlSchema: readonly string[] = [
  "create table users (id bigint primary key, name varchar(50), age int, email text, at datetime, kind varchar(20) default 'a', key users_by_name (name))",
  'create table orders (id bigint primary key, user_id bigint, total decimal(10,2), note text, key by_user (user_id))',
  "insert into users (id, name, age) values (1, 'a', 1), (2, 'b', 2)",
  'insert into orders (id, user_id, total) values (1, 1, 1), (2, 2, 2)',
]

/** Every rule of MySQL and MariaDB. */
export const mysqlExamples: readonly Example[] = [
  {
    rule: 'rename-column',
    found: [
      'ALTER TABLE users RENAME COLUMN name TO full_name',
      'alter table `users` change `name` `full_name` varchar(50)',
    ],
    not: ['alter table users change name name varchar(60)', 'alter table users rename index users_by_name to by_name'],
    does: { copies: false },
  },
  {
    rule: 'rename-table',
    found: ['rename table users to people', 'alter table users rename to people', 'rename table a to b, users to a'],
    not: ['create table t (a int); rename table t to u'],
  },
  {
    rule: 'add-not-null-column',
    found: ['alter table users add column a int not null', 'alter table users add (a int not null, b int)'],
    not: [
      'alter table users add column a int not null default 0',
      'alter table users add a int',
      "alter table users add a varchar(9) not null default '' comment 'not null, no default'",
      'alter table users add a int as (age) virtual not null',
    ],
    does: { copies: false },
  },
  {
    rule: 'default-dropped-at-once',
    found: ['alter table users add column a int not null default 0; alter table users alter column a drop default'],
    not: ['alter table users alter column kind drop default'],
  },
  {
    rule: 'unique-index',
    found: [
      'alter table users add unique index u (kind)',
      'create unique index u on users (kind)',
      'alter table users add constraint u unique (kind)',
      'alter table users add column a int unique',
    ],
    not: ['alter table users add index u (kind)', 'create table t (a int unique); create unique index u on t (a)'],
  },
  {
    rule: 'drop-column',
    found: ['alter table users drop column name', 'alter table users drop name, drop index users_by_name'],
    not: ['alter table users drop index users_by_name', 'alter table users drop primary key'],
    does: { copies: false },
  },
  {
    rule: 'drop-table',
    found: ['drop table orders', 'drop table if exists a, b'],
    not: ['drop temporary table t', 'drop view v'],
  },
  { rule: 'drop-schema', found: ['drop database if exists shop'], not: ['drop trigger t'] },
  {
    rule: 'truncate',
    found: ['truncate table orders', 'truncate orders'],
    not: ['create table t (a int); truncate t'],
  },
  {
    rule: 'update-all-rows',
    found: ['update users set age = 1', 'delete from users', 'update users set age = 1 where age is null'],
    not: [
      'update users set age = 1 where id = 3',
      'update users set age = 1 limit 100',
      "insert into users (id, name) values (9, 'delete from users')",
      'create table t (a int); delete from t',
    ],
  },
  {
    rule: 'rewrites-table',
    found: [
      'alter table users add column a int as (age * 2) stored',
      'alter table users convert to character set latin1',
      'alter table users engine=MyISAM',
      'alter table users partition by hash (id) partitions 4',
      'alter table users add column a int, algorithm=copy; alter table users add b int auto_increment unique',
    ],
    not: [
      'alter table users add column a int as (age * 2) virtual',
      'alter table users add column a int default (age) , lock=none',
      'alter table users engine=InnoDB, lock=none',
      'alter table users add column a datetime default current_timestamp',
    ],
    does: { copies: true },
  },
  {
    rule: 'change-type',
    found: ['alter table users modify age bigint', 'alter table users modify column age int unsigned not null'],
    not: [
      'alter table users modify age bigint, algorithm=instant',
      'alter table users modify name varchar(60), lock=none',
    ],
    does: { copies: true },
  },
  {
    rule: 'drop-primary-key',
    found: ['alter table users drop primary key'],
    not: ['alter table users drop primary key, add primary key (id), algorithm=inplace, lock=none'],
  },
  {
    rule: 'add-check',
    found: ['alter table users add constraint c check (age < 1000)', 'alter table users add check (age < 1000)'],
    not: [
      'alter table users add constraint c check (age < 1000) not enforced',
      'create table t (a int, check (a > 0))',
    ],
    does: { copies: true },
  },
  {
    rule: 'add-foreign-key',
    found: [
      'alter table orders add constraint f foreign key (user_id) references users (id)',
      'alter table orders add foreign key (user_id) references users (id) on delete cascade',
    ],
    not: ['create table t (a bigint, foreign key (a) references users (id))', 'alter table orders drop foreign key f'],
    does: { copies: true },
  },
  {
    rule: 'add-primary-key',
    found: ['alter table users add primary key (id)'],
    not: ['create table t (a int primary key)', 'alter table users add primary key (id), algorithm=inplace, lock=none'],
  },
  {
    rule: 'drop-constraint',
    found: [
      'alter table orders drop foreign key f',
      'alter table users drop check c',
      'alter table users drop constraint c',
    ],
    not: ['alter table users drop index users_by_name'],
  },
  {
    rule: 'index-blocks-writes',
    found: [
      'create fulltext index f on users (name)',
      'alter table users add fulltext key f (name)',
      'alter table users add spatial index (name)',
      'alter table users add index i (age), lock=shared',
    ],
    not: ['create index i on users (age)', 'alter table users add index i (age), algorithm=inplace, lock=none'],
    does: { copies: true },
  },
  {
    rule: 'no-lock-timeout',
    found: [
      'alter table users add column a int',
      'drop table orders',
      'set lock_wait_timeout = 0; drop table orders',
      'set global lock_wait_timeout = 2; drop table orders',
      'set @@global.lock_wait_timeout = 2; drop table orders',
    ],
    not: [
      'set lock_wait_timeout = 2; drop table orders',
      'set session lock_wait_timeout = 2; alter table users add column a int',
      'set @@session.lock_wait_timeout := 2; alter table users add column a int',
      'alter table users nowait add column a int',
      'set statement lock_wait_timeout=1 for alter table users add column a int',
      'create table t (a int)',
    ],
  },
  {
    rule: 'lock-table',
    found: ['lock tables users write', 'lock table users read, orders as o write'],
    not: ['unlock tables'],
  },
  {
    rule: 'raw-sql-lock',
    found: ['alter table users add column a int', 'create index i on users (age)'],
    not: [
      'alter table users add column a int, algorithm=instant',
      'create index i on users (age) algorithm=inplace lock=none',
      'create table t (a int); alter table t add b int',
      // The error says it already.
      'alter table users modify age bigint',
    ],
  },
  {
    rule: 'foreign-key-checks-off',
    found: ['set foreign_key_checks = 0', '/*!40014 SET FOREIGN_KEY_CHECKS=0 */', 'SET SESSION foreign_key_checks=OFF'],
    not: ['set foreign_key_checks = 1', 'set @old = 0'],
  },
  {
    rule: 'not-strict',
    found: ["set sql_mode = ''", "set session sql_mode='NO_AUTO_VALUE_ON_ZERO'"],
    not: ["set sql_mode='STRICT_TRANS_TABLES,NO_ZERO_DATE'", 'set sql_mode=@old_mode'],
  },
  {
    rule: 'ddl-commits',
    found: ['start transaction; alter table users add column a int; commit', 'begin; create table t (a int); commit'],
    not: ['alter table users add column a int', 'begin; insert into users (id) values (1); commit'],
  },
  {
    rule: 'unread',
    found: [
      'call tidy()',
      "prepare s from 'drop table users'",
      'frobnicate users',
      'alter table users frobnicate 1',
      'create widget w',
      'create index concurrently i on users (age)',
      'alter table users drop column',
      'drop table :name',
      'drop table users orders',
    ],
    not: [
      'create trigger t before insert on users for each row begin set new.age = 1; set new.kind = 2; end',
      'delimiter $$\ncreate procedure p() begin drop table users; end$$\ndelimiter ;\nselect 1',
      'grant select on shop.* to app',
      'optimize table users',
    ],
  },
]
