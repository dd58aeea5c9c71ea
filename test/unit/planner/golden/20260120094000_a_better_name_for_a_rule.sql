-- the new version may be deployed from: expanded

-- 20260120094000_a_better_name_for_a_rule: expand (nothing to do)

-- 20260120094000_a_better_name_for_a_rule: backfill (nothing to do)

-- 20260120094000_a_better_name_for_a_rule: contract

-- contract.products.constraint.products_sku_key: call constraint products_sku products_sku_key: catalog only, no copy
BEGIN;
alter table "public"."products" rename constraint "products_sku" to "products_sku_key";
COMMIT;

-- 20260120094000_a_better_name_for_a_rule: purge (nothing to do)
