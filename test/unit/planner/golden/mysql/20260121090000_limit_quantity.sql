-- warn new-rule: order_items_quantity_limit of shop.order_items is a rule that the old version of the app does not know
-- stop check-stops-writers: to add order_items_quantity_limit the server copies shop.order_items, and whoever writes to it waits until that is over (at contract)
-- info read-before-write: a transaction that has read order_items, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260121090000_limit_quantity: expand (nothing to do)

-- 20260121090000_limit_quantity: backfill (nothing to do)

-- 20260121090000_limit_quantity: contract

-- contract.order_items.order_items_quantity_limit.add: add order_items_quantity_limit: the table is copied, and writers wait for all of that
alter table `shop`.`order_items` add constraint `order_items_quantity_limit` check (`quantity` <= 1000), algorithm=copy, lock=shared;

-- 20260121090000_limit_quantity: purge (nothing to do)
