-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.orders fails once with 0A000 when the column appears, until it is prepared again
-- the new version may be deployed from: expanded

-- 20260109090000_add_currency: expand

-- expand.orders.currency: add currency: catalog only, no copy
BEGIN;
lock table "public"."orders" in access exclusive mode;
alter table "public"."orders" add column "currency" text default 'EUR' not null;
COMMIT;

-- 20260109090000_add_currency: backfill (nothing to do)

-- 20260109090000_add_currency: contract (nothing to do)

-- 20260109090000_add_currency: purge (nothing to do)
