-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260120094000_a_better_name_for_a_rule: expand (nothing to do)

-- 20260120094000_a_better_name_for_a_rule: backfill (nothing to do)

-- 20260120094000_a_better_name_for_a_rule: contract

-- contract.products.index.products_sku_key: call index products_sku products_sku_key: catalog only, no copy
alter table `shop`.`products` rename index `products_sku` to `products_sku_key`, algorithm=inplace, lock=none;

-- 20260120094000_a_better_name_for_a_rule: purge (nothing to do)
