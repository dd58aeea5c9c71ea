-- warn column-visible: the statements of neither version are known, so shop.orders.currency is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260109090000_add_currency: expand

-- expand.orders.currency: add currency: catalog only, no copy
alter table `shop`.`orders` add column `currency` char(3) not null default 'EUR' invisible, algorithm=instant, lock=default;

-- 20260109090000_add_currency: backfill

-- backfill.orders.currency.visible: show currency to statements that do not list their columns
alter table `shop`.`orders` modify column `currency` char(3) not null default 'EUR', algorithm=instant, lock=default;

-- 20260109090000_add_currency: contract (nothing to do)

-- 20260109090000_add_currency: purge (nothing to do)
