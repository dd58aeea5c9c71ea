-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.customers fails once with 0A000 when the column appears, until it is prepared again
-- the new version may be deployed from: backfilled

-- 20260105090000_rename_customer_name: expand

-- expand.customers.full_name: add full_name and the trigger that keeps both shapes in sync
BEGIN;
lock table "public"."customers" in access exclusive mode;
alter table "public"."customers" add column "full_name" text;
comment on column "public"."customers"."full_name" is 'As it is printed on the parcel';
create sequence if not exists "bellows"."old_writes_b606fb4d" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_b606fb4d" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_b606fb4d"', '"bellows"."new_writes_b606fb4d"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."sync_211d1471"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- name <-> full_name
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."full_name" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."name" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."full_name"), ROW(OLD."full_name"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."name"), ROW(OLD."name"));
      count_old := from_old;
      from_old := from_old OR (NOT from_new AND NEW."full_name" IS NULL);
    END IF;
    IF from_old THEN
      NEW."full_name" := NEW."name";
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_b606fb4d', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_b606fb4d', pg_catalog.setval('"bellows"."old_writes_b606fb4d"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_b606fb4d', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_b606fb4d', pg_catalog.setval('"bellows"."new_writes_b606fb4d"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      NEW."name" := NEW."full_name";
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

-- 20260105090000_rename_customer_name: backfill

-- backfill.customers.full_name.fill: fill full_name for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update "public"."customers" as t set "full_name" = CAST((t."name") AS text) where row("t"."id") <= row($1::text::bigint) and t."full_name" IS NULL AND pg_catalog.record_image_ne(ROW(t."full_name"), ROW(t."name"));
-- update "public"."customers" as t set "full_name" = CAST((t."name") AS text) where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."full_name" IS NULL AND pg_catalog.record_image_ne(ROW(t."full_name"), ROW(t."name"));

-- backfill.customers.full_name.final: from here on a NULL in the new column is a value
BEGIN;
create or replace function "bellows"."sync_211d1471"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- name <-> full_name
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."full_name" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."name" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."full_name"), ROW(OLD."full_name"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."name"), ROW(OLD."name"));
      count_old := from_old;
    END IF;
    IF from_old THEN
      NEW."full_name" := NEW."name";
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_b606fb4d', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_b606fb4d', pg_catalog.setval('"bellows"."old_writes_b606fb4d"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_b606fb4d', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_b606fb4d', pg_catalog.setval('"bellows"."new_writes_b606fb4d"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      NEW."name" := NEW."full_name";
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- backfill.customers.index.bellows_i_245d3154_customers_name_idx: build index bellows_i_245d3154_customers_name_idx concurrently
create index concurrently "bellows_i_245d3154_customers_name_idx" on "public"."customers" using "btree" ("full_name");

-- backfill.customers.full_name.analyze: refresh the statistics of full_name, so that queries on it are planned well
analyze "public"."customers" ("full_name");

-- backfill.customers.full_name.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*)::float8 as rows, count(*) filter (where pg_catalog.record_image_ne(ROW(t."full_name"), ROW(t."name")))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where pg_catalog.record_image_ne(ROW(t."full_name"), ROW(t."name"))))[1:10] as keys from "public"."customers" as t where row("t"."id") <= row($1::text::bigint);
-- select count(*)::float8 as rows, count(*) filter (where pg_catalog.record_image_ne(ROW(t."full_name"), ROW(t."name")))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where pg_catalog.record_image_ne(ROW(t."full_name"), ROW(t."name"))))[1:10] as keys from "public"."customers" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint);

-- 20260105090000_rename_customer_name: contract

-- contract.customers.full_name: exchange the names: name becomes full_name, its copy becomes the hidden old shape
BEGIN;
lock table "public"."customers" in access exclusive mode;
alter table "public"."customers" rename column "full_name" to "bellows_q_f44907c2_name";
alter table "public"."customers" rename column "name" to "full_name";
create or replace function "bellows"."sync_211d1471"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- quarantine: name follows
  DECLARE
    from_new boolean;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := true;
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."full_name"), ROW(OLD."full_name"));
    END IF;
    IF from_new THEN
      NEW."bellows_q_f44907c2_name" := NEW."full_name";
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- 20260105090000_rename_customer_name: purge

-- purge.customers.index.bellows_i_245d3154_customers_name_idx: drop index bellows_i_245d3154_customers_name_idx concurrently
drop index concurrently if exists "public"."bellows_i_245d3154_customers_name_idx";

-- purge.customers.full_name: drop the hidden old column bellows_q_f44907c2_name and the trigger
BEGIN;
lock table "public"."customers" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."customers";
drop trigger if exists "~bellows_sync_replica" on "public"."customers";
drop function if exists "bellows"."sync_211d1471"();
alter table "public"."customers" drop column if exists "bellows_q_f44907c2_name";
drop sequence if exists "bellows"."old_writes_b606fb4d";
drop sequence if exists "bellows"."new_writes_b606fb4d";
COMMIT;
