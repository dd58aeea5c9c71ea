-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.products fails once with 0A000 when the column appears, until it is prepared again
-- the new version may be deployed from: backfilled

-- 20260111090000_add_slug: expand

-- expand.products.slug: add slug and the trigger that keeps both shapes in sync
BEGIN;
lock table "public"."products" in access exclusive mode;
alter table "public"."products" add column "slug" text;
create sequence if not exists "bellows"."old_writes_bd834961" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_bd834961" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_bd834961"', '"bellows"."new_writes_bd834961"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- slug
  DECLARE
    up_0 text;
    up_0_error text;

  BEGIN
    IF (CASE WHEN TG_OP = 'INSERT' THEN NEW."slug" IS NOT NULL ELSE pg_catalog.record_image_ne(ROW(NEW."slug"), ROW(OLD."slug")) END) THEN
      IF pg_catalog.current_setting('bellows.new_writes_bd834961', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_bd834961', pg_catalog.setval('"bellows"."new_writes_bd834961"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
    END IF;
    IF NEW."slug" IS NULL AND (TG_OP = 'INSERT' OR (CASE WHEN TG_OP = 'UPDATE' THEN OLD."slug" IS NULL ELSE true END)) THEN
      up_0 := lower(replace(NEW."title", ' ', '-'));
      NEW."slug" := up_0;

    END IF;
  END;
  RETURN NEW;
END
$bellows$;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'function', o.oid::pg_catalog.regprocedure, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.pg_proc o, pg_catalog.aclexplode(coalesce(o.proacl, pg_catalog.acldefault('f', o.proowner))) a where o.oid = '"bellows"."sync_3a913a74"()'::pg_catalog.regprocedure and a.grantee <> o.proowner loop execute each; end loop; end$bellows$;
create or replace trigger "~bellows_sync" before insert or update on "public"."products" for each row execute function "bellows"."sync_3a913a74"();
create or replace trigger "~bellows_sync_replica" before insert or update on "public"."products" for each row when (pg_catalog.current_setting('bellows.sync', true) IS DISTINCT FROM 'off') execute function "bellows"."sync_3a913a74"();
alter table "public"."products" enable replica trigger "~bellows_sync_replica";
COMMIT;

-- 20260111090000_add_slug: backfill

-- backfill.products.slug.fill: fill slug where it is NULL, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update "public"."products" as t set "slug" = CAST((lower(replace(t."title", ' ', '-'))) AS text) where row("t"."id") <= row($1::text::bigint) and t."slug" IS NULL;
-- update "public"."products" as t set "slug" = CAST((lower(replace(t."title", ' ', '-'))) AS text) where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."slug" IS NULL;

-- backfill.products.slug.final: from here on a NULL in the new column is a value
BEGIN;
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- slug
  DECLARE
    up_0 text;
    up_0_error text;

  BEGIN
    IF (CASE WHEN TG_OP = 'INSERT' THEN NEW."slug" IS NOT NULL ELSE pg_catalog.record_image_ne(ROW(NEW."slug"), ROW(OLD."slug")) END) THEN
      IF pg_catalog.current_setting('bellows.new_writes_bd834961', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_bd834961', pg_catalog.setval('"bellows"."new_writes_bd834961"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
    END IF;
    IF NEW."slug" IS NULL AND TG_OP = 'INSERT' THEN
      up_0 := lower(replace(NEW."title", ' ', '-'));
      NEW."slug" := up_0;

    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- backfill.products.slug.analyze: refresh the statistics of slug
analyze "public"."products" ("slug");

-- 20260111090000_add_slug: contract

-- contract.products.slug.proof: no new NULLs in slug
BEGIN;
alter table "public"."products" add constraint "bellows_c_04b49e7b_slug" not null "slug" not valid;
COMMIT;

-- contract.products.slug.validate: check that slug holds no NULL, without blocking writes
BEGIN;
alter table "public"."products" validate constraint "bellows_c_04b49e7b_slug";
COMMIT;

-- contract.products.slug.not-null: make slug NOT NULL, by the proof and without a scan
BEGIN;
alter table "public"."products" rename constraint "bellows_c_04b49e7b_slug" to "products_slug_not_null";
COMMIT;

-- contract.products.slug.release: the trigger goes: only the new version writes now
BEGIN;
lock table "public"."products" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."products";
drop trigger if exists "~bellows_sync_replica" on "public"."products";
drop function if exists "bellows"."sync_3a913a74"();
COMMIT;

-- 20260111090000_add_slug: purge

-- purge.products.slug: drop what only the way back needed
BEGIN;
drop sequence if exists "bellows"."old_writes_bd834961";
drop sequence if exists "bellows"."new_writes_bd834961";
COMMIT;
