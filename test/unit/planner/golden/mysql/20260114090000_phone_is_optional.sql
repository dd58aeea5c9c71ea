-- warn old-version-reads-null: the old version may read NULL in shop.customers.phone once the new one writes it
-- info read-before-write: a transaction that has read customers, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260114090000_phone_is_optional: expand

-- expand.customers.phone: let phone be NULL: the table is made anew, while others write
alter table `shop`.`customers` modify column `phone` varchar(40) null, algorithm=inplace, lock=none;

-- 20260114090000_phone_is_optional: backfill (nothing to do)

-- 20260114090000_phone_is_optional: contract (nothing to do)

-- 20260114090000_phone_is_optional: purge (nothing to do)
