/** All that can hang on a column: keys with order and cut, a foreign key in and out, a character set, a comment, a column that changes by itself. */
export function schema(rows: number): string {
  return `
create table customers (id int primary key);
insert into customers with recursive n (i) as (select 1 union all select i + 1 from n where i < 20) select i from n;
create table items (
  id bigint unsigned not null auto_increment primary key,
  name varchar(60) character set utf8mb4 collate utf8mb4_bin not null default 'unnamed' comment 'what it is called',
  code varchar(60) character set latin1,
  total int not null default 5,
  qty int not null default 1,
  note varchar(60),
  mark varchar(60),
  status varchar(20) default 'new',
  customer int not null default 1,
  touched int not null default 0 check (touched >= 0),
  changed timestamp not null default current_timestamp on update current_timestamp,
  unique key items_code_key (code),
  key items_name_idx (name(10), touched desc),
  key items_total_idx (total desc, id),
  key items_qty_idx (qty),
  constraint items_customer foreign key (customer) references customers (id)
);
create table parts (id int primary key, item bigint unsigned, foreign key (item) references items (id) on delete cascade);
create view touched_items as select id, touched from items where touched > 0;
create table control (id bigint primary key, side varchar(3) not null, value varchar(60) character set utf8mb4);
insert into items (id, name, code, total, qty, note, mark, customer, changed)
  select i, concat('n', i), concat('c', i), i, i % 9, nullif(concat('n', i), 'n7'), nullif(i % 11, 3), i % 20 + 1, '2020-01-01' from ${numbers(rows)};
analyze table items;
`
}

// Neither server counts further than to 1000 by itself without being told to.
function numbers(rows: number): string {
  const digit = `(select 0 as d ${Array.from({ length: 9 }, (_, n) => `union all select ${n + 1}`).join(' ')})`
  return `(select a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 1 as i from ${digit} a, ${digit} b, ${digit} c, ${digit} e) s where i <= ${rows} order by i`
}

/** The table that most tests of the runner use. */
export function users(rows: number): string {
  return `create table users (id int auto_increment primary key, name varchar(100) not null, age int, email varchar(100));
    insert into users (name, age) select concat('n', i), i from ${numbers(rows)}`
}
