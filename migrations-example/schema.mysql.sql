-- The same small shop on MySQL and MariaDB.
create table customers (
  id bigint auto_increment primary key,
  name varchar(100) not null comment 'As it is printed on the parcel',
  email varchar(200) not null unique,
  phone varchar(40) not null,
  legacy_code varchar(40) not null,
  created_at datetime not null default current_timestamp,
  index customers_name_idx (name)
);

create table products (
  id bigint auto_increment primary key,
  sku varchar(100) not null,
  title varchar(200) not null,
  weight_grams int,
  views int not null default 0,
  stock int not null default 0,
  constraint products_sku unique (sku),
  constraint products_title_once unique (title),
  index products_views_idx (views)
);

create table orders (
  id bigint auto_increment primary key,
  customer_id bigint not null,
  status varchar(40),
  channel varchar(40) not null,
  placed_at datetime not null default current_timestamp,
  index orders_placed_idx (placed_at),
  index orders_idx2 (channel),
  foreign key (customer_id) references customers (id)
);

create table order_items (
  order_id bigint not null,
  product_id bigint not null,
  quantity int not null check (quantity > 0),
  primary key (order_id, product_id),
  foreign key (order_id) references orders (id) on delete cascade,
  foreign key (product_id) references products (id)
);

create table addresses (
  id bigint auto_increment primary key,
  customer_id bigint not null,
  recipient varchar(200) not null,
  street varchar(100) not null,
  house_number varchar(20),
  index addresses_street_idx (street, house_number),
  foreign key (customer_id) references customers (id) on delete cascade
);
