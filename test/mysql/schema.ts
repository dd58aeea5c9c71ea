/** Keys, unique and cut indexes, foreign keys in and out, a column that changes by itself, another character set. */
export const schema: readonly string[] = [
  'create table owners (id int primary key)',
  'insert into owners values (1), (2)',
  `create table items (
    id bigint unsigned primary key auto_increment,
    name varchar(60) character set utf8mb4 not null comment 'what it is called',
    code varchar(30) character set latin1,
    owner int,
    touched int not null default 0,
    changed timestamp not null default current_timestamp on update current_timestamp,
    unique key items_code (code),
    key items_name (name(10), touched desc),
    constraint items_owner foreign key (owner) references owners (id)
  )`,
  'create table parts (id int primary key, item bigint unsigned, foreign key (item) references items (id) on delete cascade)',
  'create table control (id bigint primary key, side varchar(3), value varchar(60) character set utf8mb4)',
  `insert into items (name, code, owner, changed) select concat('n', n), concat('c', n), n % 2 + 1, '2020-01-01' from (
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 1000) select n from numbers) s`,
]
