-- warn new-rule: products_title_sku_key of public.products is a rule that the old version of the app does not know
-- the new version may be deployed from: expanded

-- 20260121110000_one_sku_per_title: expand (nothing to do)

-- 20260121110000_one_sku_per_title: backfill (nothing to do)

-- 20260121110000_one_sku_per_title: contract

-- contract.products.index.products_title_sku_key: build unique index products_title_sku_key concurrently
create unique index concurrently "products_title_sku_key" on "public"."products" using "btree" ("title", "sku");

-- contract.products.products_title_sku_key.unique: make the index the constraint products_title_sku_key: catalog only
BEGIN;
alter table "public"."products" add constraint "products_title_sku_key" unique using index "products_title_sku_key";
COMMIT;

-- 20260121110000_one_sku_per_title: purge (nothing to do)
