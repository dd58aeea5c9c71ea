-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.products fails once with 0A000 when the column appears, until it is prepared again
-- warn column-order: from contract on public.products.weight_grams is the last column of the table: an INSERT without a list of columns and a SELECT * that is read by position mean something else
-- warn prepared-statements-at-contract: statements on public.products.weight_grams that were prepared before contract fail once with 0A000 until they are prepared again
-- the new version may be deployed from: backfilled

-- 20260106090000_weigh_in_kilograms: expand

-- expand.products.weight_kg: add weight_kg and the trigger that keeps both shapes in sync
BEGIN;
lock table "public"."products" in access exclusive mode;
alter table "public"."products" add column "weight_kg" numeric(10,3);
create sequence if not exists "bellows"."old_writes_62d05bbe" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_62d05bbe" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_62d05bbe"', '"bellows"."new_writes_62d05bbe"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."up_0_62d05bbe"(a0 integer) returns numeric(10,3) language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result numeric(10,3);
BEGIN
  result := a0 / 1000.0;
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := NULL;
  RETURN result;
END
$bellows$;
create or replace function "bellows"."up_0_62d05bbe_error"(a0 integer) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result numeric(10,3);
BEGIN
  result := a0 / 1000.0;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$bellows$;
create or replace function "bellows"."down_0_62d05bbe"(a0 numeric(10,3)) returns integer language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result integer;
BEGIN
  result := (a0 * 1000)::integer;
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := NULL;
  RETURN result;
END
$bellows$;
create or replace function "bellows"."down_0_62d05bbe_error"(a0 numeric(10,3)) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result integer;
BEGIN
  result := (a0 * 1000)::integer;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$bellows$;
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- weight_grams <-> weight_kg
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 numeric(10,3);
    up_0_error text;
    down_0 integer;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."weight_kg" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."weight_grams" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."weight_kg"), ROW(OLD."weight_kg"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."weight_grams", NEW."id"), ROW(OLD."weight_grams", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."weight_grams"), ROW(OLD."weight_grams"));
      from_old := from_old OR (NOT from_new AND NEW."weight_kg" IS NULL);
    END IF;
    IF from_old THEN
      BEGIN
        up_0 := NEW."weight_grams" / 1000.0;
      EXCEPTION WHEN OTHERS THEN
        up_0 := NULL;
        up_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."weight_kg"), ROW(up_0)) THEN
        BEGIN
          down_0 := (NEW."weight_kg" * 1000)::integer;
        EXCEPTION WHEN OTHERS THEN
          down_0 := NULL;
          down_0_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."weight_grams"), ROW(down_0)) THEN
          NEW."weight_kg" := up_0;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_kg', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF up_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_kg', up_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_62d05bbe', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_62d05bbe', pg_catalog.setval('"bellows"."old_writes_62d05bbe"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_62d05bbe', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_62d05bbe', pg_catalog.setval('"bellows"."new_writes_62d05bbe"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      BEGIN
        down_0 := (NEW."weight_kg" * 1000)::integer;
      EXCEPTION WHEN OTHERS THEN
        down_0 := NULL;
        down_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."weight_grams"), ROW(down_0)) THEN
        BEGIN
          up_0 := NEW."weight_grams" / 1000.0;
        EXCEPTION WHEN OTHERS THEN
          up_0 := NULL;
          up_0_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."weight_kg"), ROW(up_0)) THEN
          NEW."weight_grams" := down_0;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_kg', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
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

-- 20260106090000_weigh_in_kilograms: backfill

-- backfill.products.weight_kg.fill: fill weight_kg for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'weight_kg', "bellows"."up_0_62d05bbe_error"(t."weight_grams") from "public"."products" as t where row("t"."id") <= row($1::text::bigint) and "bellows"."up_0_62d05bbe_error"(t."weight_grams") is not null and pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg"))) on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- update "public"."products" as t set "weight_kg" = "bellows"."up_0_62d05bbe"(t."weight_grams") where row("t"."id") <= row($1::text::bigint) and t."weight_kg" IS NULL AND (pg_catalog.record_image_ne(ROW(t."weight_kg"), ROW("bellows"."up_0_62d05bbe"(t."weight_grams"))) AND pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg"))));
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'weight_kg', "bellows"."up_0_62d05bbe_error"(t."weight_grams") from "public"."products" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and "bellows"."up_0_62d05bbe_error"(t."weight_grams") is not null and pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg"))) on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- update "public"."products" as t set "weight_kg" = "bellows"."up_0_62d05bbe"(t."weight_grams") where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."weight_kg" IS NULL AND (pg_catalog.record_image_ne(ROW(t."weight_kg"), ROW("bellows"."up_0_62d05bbe"(t."weight_grams"))) AND pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg"))));

-- backfill.products.weight_kg.final: from here on a NULL in the new column is a value
BEGIN;
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- weight_grams <-> weight_kg
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 numeric(10,3);
    up_0_error text;
    down_0 integer;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."weight_kg" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."weight_grams" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."weight_kg"), ROW(OLD."weight_kg"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."weight_grams", NEW."id"), ROW(OLD."weight_grams", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."weight_grams"), ROW(OLD."weight_grams"));
    END IF;
    IF from_old THEN
      BEGIN
        up_0 := NEW."weight_grams" / 1000.0;
      EXCEPTION WHEN OTHERS THEN
        up_0 := NULL;
        up_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."weight_kg"), ROW(up_0)) THEN
        BEGIN
          down_0 := (NEW."weight_kg" * 1000)::integer;
        EXCEPTION WHEN OTHERS THEN
          down_0 := NULL;
          down_0_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."weight_grams"), ROW(down_0)) THEN
          NEW."weight_kg" := up_0;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_kg', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF up_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_kg', up_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_62d05bbe', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_62d05bbe', pg_catalog.setval('"bellows"."old_writes_62d05bbe"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_62d05bbe', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_62d05bbe', pg_catalog.setval('"bellows"."new_writes_62d05bbe"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      BEGIN
        down_0 := (NEW."weight_kg" * 1000)::integer;
      EXCEPTION WHEN OTHERS THEN
        down_0 := NULL;
        down_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."weight_grams"), ROW(down_0)) THEN
        BEGIN
          up_0 := NEW."weight_grams" / 1000.0;
        EXCEPTION WHEN OTHERS THEN
          up_0 := NULL;
          up_0_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."weight_kg"), ROW(up_0)) THEN
          NEW."weight_grams" := down_0;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_kg', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- backfill.products.weight_kg.analyze: refresh the statistics of weight_kg, so that queries on it are planned well
analyze "public"."products" ("weight_kg");

-- backfill.products.weight_kg.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."weight_kg"), ROW("bellows"."up_0_62d05bbe"(t."weight_grams"))) AND pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg")))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."weight_kg"), ROW("bellows"."up_0_62d05bbe"(t."weight_grams"))) AND pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg"))))))[1:10] as keys from "public"."products" as t where row("t"."id") <= row($1::text::bigint);
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."weight_kg"), ROW("bellows"."up_0_62d05bbe"(t."weight_grams"))) AND pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg")))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."weight_kg"), ROW("bellows"."up_0_62d05bbe"(t."weight_grams"))) AND pg_catalog.record_image_ne(ROW(t."weight_grams"), ROW("bellows"."down_0_62d05bbe"(t."weight_kg"))))))[1:10] as keys from "public"."products" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint);

-- 20260106090000_weigh_in_kilograms: contract

-- contract.products.products_weight_grams_check.add: add products_weight_grams_check for the new column, for new rows only
BEGIN;
alter table "public"."products" add constraint "bellows_c_e1b2f3ba_products_weight_grams_check" check (("weight_kg" > 0)) not valid;
COMMIT;

-- contract.products.products_weight_grams_check.validate: validate products_weight_grams_check on the new column, without blocking writes
BEGIN;
alter table "public"."products" validate constraint "bellows_c_e1b2f3ba_products_weight_grams_check";
COMMIT;

-- contract.products.weight_kg: the new column takes over from weight_grams, which is hidden and follows
BEGIN;
lock table "public"."products" in access exclusive mode;
alter table "public"."products" drop constraint if exists "products_weight_grams_check";
alter table "public"."products" rename constraint "bellows_c_e1b2f3ba_products_weight_grams_check" to "products_weight_grams_check";
alter table "public"."products" rename column "weight_grams" to "bellows_q_61c305f6_weight_grams";
create or replace function "bellows"."sync_3a913a74"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- quarantine: weight_grams follows
  DECLARE
    from_new boolean;
    up_0 numeric(10,3);
    up_0_error text;
    down_0 integer;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := true;
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."weight_kg", NEW."id"), ROW(OLD."weight_kg", OLD."id"));
    END IF;
    IF from_new THEN
      BEGIN
        down_0 := (NEW."weight_kg" * 1000)::integer;
      EXCEPTION WHEN OTHERS THEN
        down_0 := NULL;
        down_0_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."bellows_q_61c305f6_weight_grams"), ROW(down_0)) THEN
        BEGIN
          up_0 := NEW."bellows_q_61c305f6_weight_grams" / 1000.0;
        EXCEPTION WHEN OTHERS THEN
          up_0 := NULL;
          up_0_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."weight_kg"), ROW(up_0)) OR TG_OP = 'INSERT' THEN
          NEW."bellows_q_61c305f6_weight_grams" := down_0;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('62d05bbe', '20260106090000_weigh_in_kilograms', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'weight_grams', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- 20260106090000_weigh_in_kilograms: purge

-- purge.products.weight_kg: drop the hidden old column bellows_q_61c305f6_weight_grams and the trigger
BEGIN;
lock table "public"."products" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."products";
drop trigger if exists "~bellows_sync_replica" on "public"."products";
drop function if exists "bellows"."sync_3a913a74"();
alter table "public"."products" drop column if exists "bellows_q_61c305f6_weight_grams";
drop function if exists "bellows"."up_0_62d05bbe";
drop function if exists "bellows"."up_0_62d05bbe_error";
drop function if exists "bellows"."down_0_62d05bbe";
drop function if exists "bellows"."down_0_62d05bbe_error";
drop sequence if exists "bellows"."old_writes_62d05bbe";
drop sequence if exists "bellows"."new_writes_62d05bbe";
COMMIT;
