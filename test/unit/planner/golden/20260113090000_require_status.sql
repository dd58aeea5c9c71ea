-- the new version may be deployed from: backfilled

-- 20260113090000_require_status: expand

-- expand.orders.status: store a NULL written to status as its replacement
BEGIN;
lock table "public"."orders" in access exclusive mode;
create sequence if not exists "bellows"."old_writes_0f91cc42" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_0f91cc42" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_0f91cc42"', '"bellows"."new_writes_0f91cc42"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."sync_9a83d3f1"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- status
  DECLARE
    up_0 text;
    up_0_error text;

  BEGIN
    IF NEW."status" IS NULL THEN
      up_0 := 'new';
      NEW."status" := up_0;

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

-- 20260113090000_require_status: backfill

-- backfill.orders.status.fill: fill status where it is NULL, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update "public"."orders" as t set "status" = CAST(('new') AS text) where row("t"."id") <= row($1::text::bigint) and t."status" IS NULL;
-- update "public"."orders" as t set "status" = CAST(('new') AS text) where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."status" IS NULL;

-- backfill.orders.status.analyze: refresh the statistics of status
analyze "public"."orders" ("status");

-- backfill.orders.status.verify: count the NULLs that are left in status
-- repeated over key ranges; $n are the bounds of the range
-- select count(*)::float8 as rows, count(*) filter (where t."status" IS NULL)::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where t."status" IS NULL))[1:10] as keys from "public"."orders" as t where row("t"."id") <= row($1::text::bigint);
-- select count(*)::float8 as rows, count(*) filter (where t."status" IS NULL)::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where t."status" IS NULL))[1:10] as keys from "public"."orders" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint);

-- 20260113090000_require_status: contract

-- contract.orders.status.proof: no new NULLs in status
BEGIN;
alter table "public"."orders" add constraint "bellows_c_adf4b129_status" not null "status" not valid;
COMMIT;

-- contract.orders.status.validate: check that status holds no NULL, without blocking writes
BEGIN;
alter table "public"."orders" validate constraint "bellows_c_adf4b129_status";
COMMIT;

-- contract.orders.status.not-null: make status NOT NULL, by the proof and without a scan
BEGIN;
alter table "public"."orders" rename constraint "bellows_c_adf4b129_status" to "orders_status_not_null";
COMMIT;

-- contract.orders.status.release: the trigger goes: the rule is the server’s now
BEGIN;
lock table "public"."orders" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."orders";
drop trigger if exists "~bellows_sync_replica" on "public"."orders";
drop function if exists "bellows"."sync_9a83d3f1"();
COMMIT;

-- 20260113090000_require_status: purge

-- purge.orders.status: drop what only the way back needed
BEGIN;
drop sequence if exists "bellows"."old_writes_0f91cc42";
drop sequence if exists "bellows"."new_writes_0f91cc42";
COMMIT;
