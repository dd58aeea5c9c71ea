-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260120092000_a_better_name_for_an_index: expand (nothing to do)

-- 20260120092000_a_better_name_for_an_index: backfill (nothing to do)

-- 20260120092000_a_better_name_for_an_index: contract

-- contract.orders.index.orders_channel_idx: call index orders_idx2 orders_channel_idx: catalog only, no copy
alter table `shop`.`orders` rename index `orders_idx2` to `orders_channel_idx`, algorithm=inplace, lock=none;

-- 20260120092000_a_better_name_for_an_index: purge (nothing to do)
