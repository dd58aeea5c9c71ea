-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.products fails once with 0A000 when the column appears, until it is prepared again
-- warn column-order: from contract on public.products.views is the last column of the table: an INSERT without a list of columns and a SELECT * that is read by position mean something else
-- warn prepared-statements-at-contract: statements on public.products.views that were prepared before contract fail once with 0A000 until they are prepared again
-- the new version may be deployed from: contracted

-- 20260107090000_count_more_views: expand

-- expand.products.views: add bellows_s_b0db5c7c_views and the trigger that keeps both shapes in sync
BEGIN;
lock table "public"."products" in access exclusive mode;
alter table "public"."products" add column "bellows_s_b0db5c7c_views" bigint;
create sequence if not exists "bellows"."old_writes_80b8d0fa" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_80b8d0fa" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_80b8d0fa"', '"bellows"."new_writes_80b8d0fa"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."down_0_80b8d0fa"(a0 bigint) returns integer language plpgsql stable set search_path = "pg_catalog", "pg_temp" as $bellows$
DECLARE
  result integer;
BEGIN
  result := a0::integer;
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := NULL;
  RETURN result;
END
$bellows$;
create or replace function "bellows"."down_0_80b8d0fa_error"(a0 bigint) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" as $bellows$
DECLARE
  result integer;
BEGIN
  result := a0::integer;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$bellows$;
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- views <-> views
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 bigint;
    up_0_error text;
    down_0 integer;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."bellows_s_b0db5c7c_views" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND ((NEW."views" IS NOT NULL AND pg_catalog.record_image_ne(ROW(NEW."views"), ROW(CAST((0) AS integer)))));
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."bellows_s_b0db5c7c_views"), ROW(OLD."bellows_s_b0db5c7c_views"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."views", NEW."id"), ROW(OLD."views", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."views"), ROW(OLD."views"));
      from_old := from_old OR (NOT from_new AND NEW."bellows_s_b0db5c7c_views" IS NULL);
    END IF;
    IF from_old THEN
      up_0 := NEW."views"::bigint;
      IF pg_catalog.record_image_ne(ROW(NEW."bellows_s_b0db5c7c_views"), ROW(up_0)) THEN
        BEGIN
          down_0 := NEW."bellows_s_b0db5c7c_views"::integer;
        EXCEPTION WHEN OTHERS THEN
          down_0 := NULL;
          down_0_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."views"), ROW(down_0)) THEN
          NEW."bellows_s_b0db5c7c_views" := up_0;

        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    ELSIF from_new THEN
      BEGIN
        down_0 := NEW."bellows_s_b0db5c7c_views"::integer;
      EXCEPTION WHEN OTHERS THEN
        down_0 := NULL;
        down_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."views"), ROW(down_0)) THEN
        up_0 := NEW."views"::bigint;
        IF pg_catalog.record_image_ne(ROW(NEW."bellows_s_b0db5c7c_views"), ROW(up_0)) THEN
          NEW."views" := down_0;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
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

-- 20260107090000_count_more_views: backfill

-- backfill.products.views.fill: fill bellows_s_b0db5c7c_views for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update "public"."products" as t set "bellows_s_b0db5c7c_views" = CAST((t."views"::bigint) AS bigint) where row("t"."id") <= row($1::text::bigint) and t."bellows_s_b0db5c7c_views" IS NULL AND (pg_catalog.record_image_ne(ROW(t."bellows_s_b0db5c7c_views"), ROW(CAST((t."views"::bigint) AS bigint))) AND pg_catalog.record_image_ne(ROW(t."views"), ROW("bellows"."down_0_80b8d0fa"(t."bellows_s_b0db5c7c_views"))));
-- update "public"."products" as t set "bellows_s_b0db5c7c_views" = CAST((t."views"::bigint) AS bigint) where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."bellows_s_b0db5c7c_views" IS NULL AND (pg_catalog.record_image_ne(ROW(t."bellows_s_b0db5c7c_views"), ROW(CAST((t."views"::bigint) AS bigint))) AND pg_catalog.record_image_ne(ROW(t."views"), ROW("bellows"."down_0_80b8d0fa"(t."bellows_s_b0db5c7c_views"))));

-- backfill.products.views.final: from here on a NULL in the new column is a value
BEGIN;
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- views <-> views
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 bigint;
    up_0_error text;
    down_0 integer;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."bellows_s_b0db5c7c_views" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND ((NEW."views" IS NOT NULL AND pg_catalog.record_image_ne(ROW(NEW."views"), ROW(CAST((0) AS integer)))));
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."bellows_s_b0db5c7c_views"), ROW(OLD."bellows_s_b0db5c7c_views"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."views", NEW."id"), ROW(OLD."views", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."views"), ROW(OLD."views"));
    END IF;
    IF from_old THEN
      up_0 := NEW."views"::bigint;
      IF pg_catalog.record_image_ne(ROW(NEW."bellows_s_b0db5c7c_views"), ROW(up_0)) THEN
        BEGIN
          down_0 := NEW."bellows_s_b0db5c7c_views"::integer;
        EXCEPTION WHEN OTHERS THEN
          down_0 := NULL;
          down_0_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."views"), ROW(down_0)) THEN
          NEW."bellows_s_b0db5c7c_views" := up_0;

        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    ELSIF from_new THEN
      BEGIN
        down_0 := NEW."bellows_s_b0db5c7c_views"::integer;
      EXCEPTION WHEN OTHERS THEN
        down_0 := NULL;
        down_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."views"), ROW(down_0)) THEN
        up_0 := NEW."views"::bigint;
        IF pg_catalog.record_image_ne(ROW(NEW."bellows_s_b0db5c7c_views"), ROW(up_0)) THEN
          NEW."views" := down_0;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- backfill.products.index.bellows_i_157f96fb_products_views_idx: build index bellows_i_157f96fb_products_views_idx concurrently
create index concurrently "bellows_i_157f96fb_products_views_idx" on "public"."products" using "btree" ("bellows_s_b0db5c7c_views");

-- backfill.products.views.analyze: refresh the statistics of bellows_s_b0db5c7c_views, so that queries on it are planned well
analyze "public"."products" ("bellows_s_b0db5c7c_views");

-- backfill.products.views.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."bellows_s_b0db5c7c_views"), ROW(CAST((t."views"::bigint) AS bigint))) AND pg_catalog.record_image_ne(ROW(t."views"), ROW("bellows"."down_0_80b8d0fa"(t."bellows_s_b0db5c7c_views")))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."bellows_s_b0db5c7c_views"), ROW(CAST((t."views"::bigint) AS bigint))) AND pg_catalog.record_image_ne(ROW(t."views"), ROW("bellows"."down_0_80b8d0fa"(t."bellows_s_b0db5c7c_views"))))))[1:10] as keys from "public"."products" as t where row("t"."id") <= row($1::text::bigint);
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."bellows_s_b0db5c7c_views"), ROW(CAST((t."views"::bigint) AS bigint))) AND pg_catalog.record_image_ne(ROW(t."views"), ROW("bellows"."down_0_80b8d0fa"(t."bellows_s_b0db5c7c_views")))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."bellows_s_b0db5c7c_views"), ROW(CAST((t."views"::bigint) AS bigint))) AND pg_catalog.record_image_ne(ROW(t."views"), ROW("bellows"."down_0_80b8d0fa"(t."bellows_s_b0db5c7c_views"))))))[1:10] as keys from "public"."products" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint);

-- 20260107090000_count_more_views: contract

-- contract.products.views.proof: no new NULLs in bellows_s_b0db5c7c_views
BEGIN;
alter table "public"."products" add constraint "bellows_c_c4a26cc6_bellows_s_b0db5c7c_views" not null "bellows_s_b0db5c7c_views" not valid;
COMMIT;

-- contract.products.views.validate: check that bellows_s_b0db5c7c_views holds no NULL, without blocking writes
BEGIN;
alter table "public"."products" validate constraint "bellows_c_c4a26cc6_bellows_s_b0db5c7c_views";
COMMIT;

-- contract.products.views: the new column takes over from views, which is hidden and follows
BEGIN;
lock table "public"."products" in access exclusive mode;
alter index "public"."products_views_idx" rename to "bellows_i_ddd8d124_products_views_idx";
alter index "public"."bellows_i_157f96fb_products_views_idx" rename to "products_views_idx";
alter table "public"."products" alter column "views" drop not null;
alter table "public"."products" rename constraint "bellows_c_c4a26cc6_bellows_s_b0db5c7c_views" to "products_views_not_null";
alter table "public"."products" rename column "views" to "bellows_q_b0db5c7c_views";
alter table "public"."products" rename column "bellows_s_b0db5c7c_views" to "views";
alter table "public"."products" alter column "views" set default ((0)::bigint);
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- quarantine: views follows
  DECLARE
    from_new boolean;
    up_0 bigint;
    up_0_error text;
    down_0 integer;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := true;
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."views", NEW."id"), ROW(OLD."views", OLD."id"));
    END IF;
    IF from_new THEN
      BEGIN
        down_0 := NEW."views"::integer;
      EXCEPTION WHEN OTHERS THEN
        down_0 := NULL;
        down_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."bellows_q_b0db5c7c_views"), ROW(down_0)) THEN
        up_0 := NEW."bellows_q_b0db5c7c_views"::bigint;
        IF pg_catalog.record_image_ne(ROW(NEW."views"), ROW(up_0)) OR TG_OP = 'INSERT' THEN
          NEW."bellows_q_b0db5c7c_views" := down_0;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('80b8d0fa', '20260107090000_count_more_views', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'views', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- 20260107090000_count_more_views: purge

-- purge.products.index.bellows_i_ddd8d124_products_views_idx: drop index bellows_i_ddd8d124_products_views_idx concurrently
drop index concurrently if exists "public"."bellows_i_ddd8d124_products_views_idx";

-- purge.products.views: drop the hidden old column bellows_q_b0db5c7c_views and the trigger
BEGIN;
lock table "public"."products" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."products";
drop trigger if exists "~bellows_sync_replica" on "public"."products";
drop function if exists "bellows"."sync_3a913a74"();
alter table "public"."products" drop column if exists "bellows_q_b0db5c7c_views";
drop function if exists "bellows"."down_0_80b8d0fa";
drop function if exists "bellows"."down_0_80b8d0fa_error";
drop sequence if exists "bellows"."old_writes_80b8d0fa";
drop sequence if exists "bellows"."new_writes_80b8d0fa";
COMMIT;
