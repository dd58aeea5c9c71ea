-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.customers fails once with 0A000 when the column appears, until it is prepared again
-- the new version may be deployed from: expanded

-- 20260108090000_add_nickname: expand

-- expand.customers.nickname: add nickname: catalog only, no copy
BEGIN;
lock table "public"."customers" in access exclusive mode;
alter table "public"."customers" add column "nickname" text;
comment on column "public"."customers"."nickname" is 'What they like to be called';
COMMIT;

-- 20260108090000_add_nickname: backfill (nothing to do)

-- 20260108090000_add_nickname: contract (nothing to do)

-- 20260108090000_add_nickname: purge (nothing to do)
