-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.products fails once with 0A000 when the column appears, until it is prepared again
-- warn new-rule: products_replaced_by_fkey of public.products is a rule that the old version of the app does not know
-- warn foreign-key-without-index: no index of public.products begins with replaced_by: whoever deletes a row that products_replaced_by_fkey points at, or changes its key, reads all of products
-- the new version may be deployed from: expanded

-- 20260121100000_replace_products: expand

-- expand.products.replaced_by: add replaced_by: catalog only, no copy
BEGIN;
lock table "public"."products" in access exclusive mode;
alter table "public"."products" add column "replaced_by" bigint;
COMMIT;

-- 20260121100000_replace_products: backfill (nothing to do)

-- 20260121100000_replace_products: contract

-- contract.products.products_replaced_by_fkey.add: add products_replaced_by_fkey, for new rows only
BEGIN;
lock table "public"."products" in share row exclusive mode;
alter table "public"."products" add constraint "products_replaced_by_fkey" foreign key ("replaced_by") references "public"."products" ("id") on delete set null not valid;
COMMIT;

-- contract.products.products_replaced_by_fkey.validate: validate products_replaced_by_fkey for the rows that are there, without blocking writes
BEGIN;
alter table "public"."products" validate constraint "products_replaced_by_fkey";
COMMIT;

-- 20260121100000_replace_products: purge (nothing to do)
