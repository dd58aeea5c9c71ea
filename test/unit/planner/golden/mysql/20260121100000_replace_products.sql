-- warn column-visible: the statements of neither version are known, so shop.products.replaced_by is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- warn new-rule: products_replaced_by_fkey of shop.products is a rule that the old version of the app does not know
-- info foreign-key-unchecked: products_replaced_by_fkey is added with foreign_key_checks = 0, which alone lets others write meanwhile: the server itself never looks at the rows that are there
-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260121100000_replace_products: expand

-- expand.products.replaced_by: add replaced_by: catalog only, no copy
alter table `shop`.`products` add column `replaced_by` bigint null invisible, algorithm=instant, lock=default;

-- 20260121100000_replace_products: backfill

-- backfill.products.replaced_by.visible: show replaced_by to statements that do not list their columns
alter table `shop`.`products` modify column `replaced_by` bigint null, algorithm=instant, lock=default;

-- 20260121100000_replace_products: contract

-- contract.products.index.products_replaced_by_fkey: build index products_replaced_by_fkey in place, while others write
alter table `shop`.`products` add index `products_replaced_by_fkey` (`replaced_by`), algorithm=inplace, lock=none;

-- contract.products.products_replaced_by_fkey.add: add products_replaced_by_fkey, for what is written from then on
set session foreign_key_checks = 0;
alter table `shop`.`products` add constraint `products_replaced_by_fkey` foreign key (`replaced_by`) references `shop`.`products` (`id`) on delete set null, algorithm=inplace, lock=none;
set session foreign_key_checks = 1;

-- contract.products.products_replaced_by_fkey.validate: look whether products_replaced_by_fkey holds for the rows that are there, without blocking anybody
select count(*) + 0e0 as count from `shop`.`products` as t where t.`replaced_by` is not null and not exists (select 1 from `shop`.`products` as p where p.`id` = t.`replaced_by`);

-- 20260121100000_replace_products: purge (nothing to do)
