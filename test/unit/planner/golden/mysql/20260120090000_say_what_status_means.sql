-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260120090000_say_what_status_means: expand

-- expand.orders.status.comment: change the comment of status: catalog only, no copy
alter table `shop`.`orders` modify column `status` varchar(40) null comment 'new, paid or sent', algorithm=instant, lock=default;

-- expand.orders.comment-of-table: change the comment of table orders: catalog only, no copy
alter table `shop`.`orders` comment = 'What somebody bought', algorithm=inplace, lock=none;

-- 20260120090000_say_what_status_means: backfill (nothing to do)

-- 20260120090000_say_what_status_means: contract (nothing to do)

-- 20260120090000_say_what_status_means: purge (nothing to do)
