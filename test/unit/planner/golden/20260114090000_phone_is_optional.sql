-- warn old-version-reads-null: the old version may read NULL in public.customers.phone once the new one writes it
-- the new version may be deployed from: expanded

-- 20260114090000_phone_is_optional: expand

-- expand.customers.phone: let phone be NULL: catalog only
BEGIN;
alter table "public"."customers" alter column "phone" drop not null;
COMMIT;

-- 20260114090000_phone_is_optional: backfill (nothing to do)

-- 20260114090000_phone_is_optional: contract (nothing to do)

-- 20260114090000_phone_is_optional: purge (nothing to do)
