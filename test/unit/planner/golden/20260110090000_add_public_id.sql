-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.orders fails once with 0A000 when the column appears, until it is prepared again
-- the new version may be deployed from: backfilled

-- 20260110090000_add_public_id: expand

-- expand.orders.public_id: add public_id and the trigger that keeps both shapes in sync
BEGIN;
lock table "public"."orders" in access exclusive mode;
alter table "public"."orders" add column "public_id" uuid;
alter table "public"."orders" alter column "public_id" set default gen_random_uuid();
create sequence if not exists "bellows"."old_writes_70089c27" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_70089c27" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_70089c27"', '"bellows"."new_writes_70089c27"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."up_0_70089c27"() returns uuid language plpgsql volatile set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result uuid;
BEGIN
  result := gen_random_uuid();
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := NULL;
  RETURN result;
END
$bellows$;
create or replace function "bellows"."up_0_70089c27_error"() returns text language plpgsql volatile set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result uuid;
BEGIN
  result := gen_random_uuid();
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$bellows$;
create or replace function "bellows"."sync_9a83d3f1"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- public_id
  DECLARE
    up_0 uuid;
    up_0_error text;

  BEGIN
    IF (CASE WHEN TG_OP = 'INSERT' THEN false ELSE pg_catalog.record_image_ne(ROW(NEW."public_id"), ROW(OLD."public_id")) END) THEN
      IF pg_catalog.current_setting('bellows.new_writes_70089c27', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_70089c27', pg_catalog.setval('"bellows"."new_writes_70089c27"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
    END IF;
    IF NEW."public_id" IS NULL AND (TG_OP = 'INSERT' OR (CASE WHEN TG_OP = 'UPDATE' THEN OLD."public_id" IS NULL ELSE true END)) THEN
      BEGIN
        up_0 := gen_random_uuid();
      EXCEPTION WHEN OTHERS THEN
        up_0 := NULL;
        up_0_error := SQLSTATE;
      END;
      NEW."public_id" := up_0;
      IF up_0_error IS NOT NULL THEN
        INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('70089c27', '20260110090000_add_public_id', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'public_id', up_0_error)
        ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'function', o.oid::pg_catalog.regprocedure, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.pg_proc o, pg_catalog.aclexplode(coalesce(o.proacl, pg_catalog.acldefault('f', o.proowner))) a where o.oid = '"bellows"."sync_9a83d3f1"()'::pg_catalog.regprocedure and a.grantee <> o.proowner loop execute each; end loop; end$bellows$;
create or replace trigger "~bellows_sync" before insert or update on "public"."orders" for each row execute function "bellows"."sync_9a83d3f1"();
create or replace trigger "~bellows_sync_replica" before insert or update on "public"."orders" for each row when (pg_catalog.current_setting('bellows.sync', true) IS DISTINCT FROM 'off') execute function "bellows"."sync_9a83d3f1"();
alter table "public"."orders" enable replica trigger "~bellows_sync_replica";
COMMIT;

-- 20260110090000_add_public_id: backfill

-- backfill.orders.public_id.fill: fill public_id where it is NULL, in batches
-- repeated over key ranges; $n are the bounds of the range
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '70089c27', '20260110090000_add_public_id', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'public_id', "bellows"."up_0_70089c27_error"() from "public"."orders" as t where row("t"."id") <= row($1::text::bigint) and "bellows"."up_0_70089c27_error"() is not null and t."public_id" IS NULL on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- update "public"."orders" as t set "public_id" = "bellows"."up_0_70089c27"() where row("t"."id") <= row($1::text::bigint) and t."public_id" IS NULL;
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '70089c27', '20260110090000_add_public_id', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'public_id', "bellows"."up_0_70089c27_error"() from "public"."orders" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and "bellows"."up_0_70089c27_error"() is not null and t."public_id" IS NULL on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- update "public"."orders" as t set "public_id" = "bellows"."up_0_70089c27"() where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."public_id" IS NULL;

-- backfill.orders.public_id.final: the trigger goes: from here on a NULL in the new column is a value
BEGIN;
drop trigger if exists "~bellows_sync" on "public"."orders";
drop trigger if exists "~bellows_sync_replica" on "public"."orders";
drop function if exists "bellows"."sync_9a83d3f1"();
COMMIT;

-- backfill.orders.public_id.analyze: refresh the statistics of public_id
analyze "public"."orders" ("public_id");

-- 20260110090000_add_public_id: contract

-- contract.orders.public_id.proof: no new NULLs in public_id
BEGIN;
alter table "public"."orders" add constraint "bellows_c_25a2cbd6_public_id" not null "public_id" not valid;
COMMIT;

-- contract.orders.public_id.validate: check that public_id holds no NULL, without blocking writes
BEGIN;
alter table "public"."orders" validate constraint "bellows_c_25a2cbd6_public_id";
COMMIT;

-- contract.orders.public_id.not-null: make public_id NOT NULL, by the proof and without a scan
BEGIN;
alter table "public"."orders" rename constraint "bellows_c_25a2cbd6_public_id" to "orders_public_id_not_null";
COMMIT;

-- 20260110090000_add_public_id: purge

-- purge.orders.public_id: drop what only the way back needed
BEGIN;
drop function if exists "bellows"."up_0_70089c27";
drop function if exists "bellows"."up_0_70089c27_error";
drop sequence if exists "bellows"."old_writes_70089c27";
drop sequence if exists "bellows"."new_writes_70089c27";
COMMIT;
