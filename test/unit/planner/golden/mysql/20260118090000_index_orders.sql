-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260118090000_index_orders: expand (nothing to do)

-- 20260118090000_index_orders: backfill

-- backfill.orders.index.orders_customer_placed_idx: build index orders_customer_placed_idx in place, while others write
alter table `shop`.`orders` add index `orders_customer_placed_idx` (`customer_id`, `placed_at`), algorithm=inplace, lock=none;

-- 20260118090000_index_orders: contract (nothing to do)

-- 20260118090000_index_orders: purge (nothing to do)
