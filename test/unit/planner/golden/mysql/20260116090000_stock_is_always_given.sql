-- info default-at-contract: until contract an INSERT that leaves shop.products.stock out gets '0', whichever version it comes from
-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260116090000_stock_is_always_given: expand (nothing to do)

-- 20260116090000_stock_is_always_given: backfill (nothing to do)

-- 20260116090000_stock_is_always_given: contract

-- contract.products.stock.default: drop the default of stock
alter table `shop`.`products` modify column `stock` int not null, algorithm=instant, lock=default;

-- 20260116090000_stock_is_always_given: purge (nothing to do)
