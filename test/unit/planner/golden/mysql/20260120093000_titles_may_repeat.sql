-- warn rule-until-contract: until contract products_title_once of shop.products refuses what the new version may write only without it
-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260120093000_titles_may_repeat: expand (nothing to do)

-- 20260120093000_titles_may_repeat: backfill (nothing to do)

-- 20260120093000_titles_may_repeat: contract

-- contract.products.index.products_title_once.drop: drop unique index products_title_once
alter table `shop`.`products` drop index `products_title_once`, algorithm=inplace, lock=none;

-- 20260120093000_titles_may_repeat: purge (nothing to do)
