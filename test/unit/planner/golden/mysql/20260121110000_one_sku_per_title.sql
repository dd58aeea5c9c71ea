-- warn new-rule: products_title_sku_key of shop.products is a rule that the old version of the app does not know
-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260121110000_one_sku_per_title: expand (nothing to do)

-- 20260121110000_one_sku_per_title: backfill (nothing to do)

-- 20260121110000_one_sku_per_title: contract

-- contract.products.index.products_title_sku_key: build unique index products_title_sku_key in place, while others write
alter table `shop`.`products` add unique index `products_title_sku_key` (`title`, `sku`), algorithm=inplace, lock=none;

-- 20260121110000_one_sku_per_title: purge (nothing to do)
