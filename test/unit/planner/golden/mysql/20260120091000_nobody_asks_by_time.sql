-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260120091000_nobody_asks_by_time: expand (nothing to do)

-- 20260120091000_nobody_asks_by_time: backfill (nothing to do)

-- 20260120091000_nobody_asks_by_time: contract

-- contract.orders.index.orders_placed_idx.drop: hide index orders_placed_idx from the optimizer: catalog only
alter table `shop`.`orders` alter index `orders_placed_idx` invisible, algorithm=inplace, lock=none;

-- 20260120091000_nobody_asks_by_time: purge

-- purge.orders.index.orders_placed_idx.drop: drop index orders_placed_idx
alter table `shop`.`orders` drop index `orders_placed_idx`, algorithm=inplace, lock=none;
