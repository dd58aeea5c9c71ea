-- the new version may be deployed from: expanded

-- 20260112090000_drop_legacy_code: expand

-- expand.customers.legacy_code: watch who still writes legacy_code, and fill it for the new version
BEGIN;
lock table "public"."customers" in access exclusive mode;
create sequence if not exists "bellows"."old_writes_0b90f553" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_0b90f553" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_0b90f553"', '"bellows"."new_writes_0b90f553"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."sync_211d1471"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- legacy_code
  DECLARE
    up_0 text;
    up_0_error text;

  BEGIN
    IF (CASE WHEN TG_OP = 'INSERT' THEN NEW."legacy_code" IS NOT NULL ELSE pg_catalog.record_image_ne(ROW(NEW."legacy_code"), ROW(OLD."legacy_code")) END) THEN
      IF pg_catalog.current_setting('bellows.old_writes_0b90f553', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.old_writes_0b90f553', pg_catalog.setval('"bellows"."old_writes_0b90f553"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
    END IF;
    IF NEW."legacy_code" IS NULL AND TG_OP = 'INSERT' THEN
      up_0 := 'none';
      NEW."legacy_code" := up_0;

    END IF;
  END;
  RETURN NEW;
END
$bellows$;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'function', o.oid::pg_catalog.regprocedure, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.pg_proc o, pg_catalog.aclexplode(coalesce(o.proacl, pg_catalog.acldefault('f', o.proowner))) a where o.oid = '"bellows"."sync_211d1471"()'::pg_catalog.regprocedure and a.grantee <> o.proowner loop execute each; end loop; end$bellows$;
create or replace trigger "~bellows_sync" before insert or update on "public"."customers" for each row execute function "bellows"."sync_211d1471"();
create or replace trigger "~bellows_sync_replica" before insert or update on "public"."customers" for each row when (pg_catalog.current_setting('bellows.sync', true) IS DISTINCT FROM 'off') execute function "bellows"."sync_211d1471"();
alter table "public"."customers" enable replica trigger "~bellows_sync_replica";
COMMIT;

-- 20260112090000_drop_legacy_code: backfill (nothing to do)

-- 20260112090000_drop_legacy_code: contract

-- contract.customers.legacy_code: hide legacy_code as bellows_q_008164f2_legacy_code
BEGIN;
lock table "public"."customers" in access exclusive mode;
alter table "public"."customers" alter column "legacy_code" drop not null;
alter table "public"."customers" rename column "legacy_code" to "bellows_q_008164f2_legacy_code";
create or replace function "bellows"."sync_211d1471"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- legacy_code
  DECLARE
    up_0 text;
    up_0_error text;

  BEGIN
    IF TG_OP = 'INSERT' THEN
      up_0 := 'none';
      NEW."bellows_q_008164f2_legacy_code" := up_0;

    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- 20260112090000_drop_legacy_code: purge

-- purge.customers.legacy_code: drop the hidden old column bellows_q_008164f2_legacy_code and the trigger
BEGIN;
lock table "public"."customers" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."customers";
drop trigger if exists "~bellows_sync_replica" on "public"."customers";
drop function if exists "bellows"."sync_211d1471"();
alter table "public"."customers" drop column if exists "bellows_q_008164f2_legacy_code";
drop sequence if exists "bellows"."old_writes_0b90f553";
drop sequence if exists "bellows"."new_writes_0b90f553";
COMMIT;
