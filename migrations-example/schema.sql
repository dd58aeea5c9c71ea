-- The small shop that the example migrations change. Every example has columns of its own.
create table customers (
  id bigint generated always as identity primary key,
  name text not null,
  email text not null unique,
  phone text not null,
  legacy_code text not null,
  created_at timestamptz not null default now()
);
comment on column customers.name is 'As it is printed on the parcel';
create index customers_name_idx on customers (name);

create table products (
  id bigint generated always as identity primary key,
  sku text not null constraint products_sku unique,
  title text not null constraint products_title_once unique,
  weight_grams integer check (weight_grams > 0),
  views integer not null default 0,
  stock integer not null default 0
);
create index products_views_idx on products (views);

create table orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers (id),
  status text,
  channel text not null,
  placed_at timestamptz not null default now()
);
create index orders_placed_idx on orders (placed_at);
create index orders_idx2 on orders (channel);

create table order_items (
  order_id bigint not null references orders (id) on delete cascade,
  product_id bigint not null references products (id),
  quantity integer not null check (quantity > 0),
  primary key (order_id, product_id)
);

create table addresses (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers (id) on delete cascade,
  recipient text not null,
  street text not null,
  house_number text
);
create index addresses_street_idx on addresses (street, house_number);
