-- warn column-visible: the statements of neither version are known, so shop.customers.nickname is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read customers, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260108090000_add_nickname: expand

-- expand.customers.nickname: add nickname: catalog only, no copy
alter table `shop`.`customers` add column `nickname` text null invisible comment 'What they like to be called', algorithm=instant, lock=default;

-- 20260108090000_add_nickname: backfill

-- backfill.customers.nickname.visible: show nickname to statements that do not list their columns
alter table `shop`.`customers` modify column `nickname` text null comment 'What they like to be called', algorithm=instant, lock=default;

-- 20260108090000_add_nickname: contract (nothing to do)

-- 20260108090000_add_nickname: purge (nothing to do)
