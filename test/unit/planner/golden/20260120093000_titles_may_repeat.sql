-- warn rule-until-contract: until contract products_title_once of public.products refuses what the new version may write only without it
-- the new version may be deployed from: expanded

-- 20260120093000_titles_may_repeat: expand (nothing to do)

-- 20260120093000_titles_may_repeat: backfill (nothing to do)

-- 20260120093000_titles_may_repeat: contract

-- contract.products.constraint.products_title_once.drop: drop constraint products_title_once: catalog only, no copy
BEGIN;
alter table "public"."products" drop constraint if exists "products_title_once";
COMMIT;

-- 20260120093000_titles_may_repeat: purge (nothing to do)
