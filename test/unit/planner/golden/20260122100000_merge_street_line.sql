-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.addresses fails once with 0A000 when the column appears, until it is prepared again
-- warn goes-with-the-column: dropping public.addresses.street, house_number takes with it: index addresses_street_idx
-- the new version may be deployed from: backfilled

-- 20260122100000_merge_street_line: expand

-- expand.addresses.street_line: add street_line and the trigger that keeps both shapes in sync
BEGIN;
lock table "public"."addresses" in access exclusive mode;
alter table "public"."addresses" add column "street_line" text;
create sequence if not exists "bellows"."old_writes_fbde8ced" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_fbde8ced" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_fbde8ced"', '"bellows"."new_writes_fbde8ced"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."down_0_fbde8ced"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := coalesce(regexp_replace(a0, ' [0-9][^ ]*$', ''), '');
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := coalesce(left(a0, 100), '');
  RETURN result;
END
$bellows$;
create or replace function "bellows"."down_0_fbde8ced_error"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := coalesce(regexp_replace(a0, ' [0-9][^ ]*$', ''), '');
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$bellows$;
create or replace function "bellows"."down_1_fbde8ced"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := substring(a0 from ' ([0-9][^ ]*)$');
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := NULL;
  RETURN result;
END
$bellows$;
create or replace function "bellows"."down_1_fbde8ced_error"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := substring(a0 from ' ([0-9][^ ]*)$');
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$bellows$;
create or replace function "bellows"."sync_3bd5a0c4"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- street, house_number <-> street_line
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 text;
    up_0_error text;
    down_0 text;
    down_0_error text;
    down_1 text;
    down_1_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."street_line" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."street" IS NOT NULL OR NEW."house_number" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."street_line"), ROW(OLD."street_line"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number", NEW."id"), ROW(OLD."street", OLD."house_number", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number"), ROW(OLD."street", OLD."house_number"));
      from_old := from_old OR (NOT from_new AND NEW."street_line" IS NULL);
    END IF;
    IF from_old THEN
      up_0 := concat_ws(' ', NEW."street", NEW."house_number");
      IF pg_catalog.record_image_ne(ROW(NEW."street_line"), ROW(up_0)) THEN
        BEGIN
          down_0 := coalesce(regexp_replace(NEW."street_line", ' [0-9][^ ]*$', ''), '');
        EXCEPTION WHEN OTHERS THEN
          down_0 := coalesce(left(NEW."street_line", 100), '');
          down_0_error := SQLSTATE;
        END;
        BEGIN
          down_1 := substring(NEW."street_line" from ' ([0-9][^ ]*)$');
        EXCEPTION WHEN OTHERS THEN
          down_1 := NULL;
          down_1_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number"), ROW(down_0, down_1)) THEN
          NEW."street_line" := up_0;

        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_fbde8ced', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_fbde8ced', pg_catalog.setval('"bellows"."old_writes_fbde8ced"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_fbde8ced', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_fbde8ced', pg_catalog.setval('"bellows"."new_writes_fbde8ced"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      BEGIN
        down_0 := coalesce(regexp_replace(NEW."street_line", ' [0-9][^ ]*$', ''), '');
      EXCEPTION WHEN OTHERS THEN
        down_0 := coalesce(left(NEW."street_line", 100), '');
        down_0_error := SQLSTATE;
      END;
      BEGIN
        down_1 := substring(NEW."street_line" from ' ([0-9][^ ]*)$');
      EXCEPTION WHEN OTHERS THEN
        down_1 := NULL;
        down_1_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number"), ROW(down_0, down_1)) THEN
        up_0 := concat_ws(' ', NEW."street", NEW."house_number");
        IF pg_catalog.record_image_ne(ROW(NEW."street_line"), ROW(up_0)) THEN
          NEW."street" := down_0;
          NEW."house_number" := down_1;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
        IF down_1_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'function', o.oid::pg_catalog.regprocedure, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.pg_proc o, pg_catalog.aclexplode(coalesce(o.proacl, pg_catalog.acldefault('f', o.proowner))) a where o.oid = '"bellows"."sync_3bd5a0c4"()'::pg_catalog.regprocedure and a.grantee <> o.proowner loop execute each; end loop; end$bellows$;
create or replace trigger "~bellows_sync" before insert or update on "public"."addresses" for each row execute function "bellows"."sync_3bd5a0c4"();
create or replace trigger "~bellows_sync_replica" before insert or update on "public"."addresses" for each row when (pg_catalog.current_setting('bellows.sync', true) IS DISTINCT FROM 'off') execute function "bellows"."sync_3bd5a0c4"();
alter table "public"."addresses" enable replica trigger "~bellows_sync_replica";
COMMIT;

-- 20260122100000_merge_street_line: backfill

-- backfill.addresses.street_line.fill: fill street_line for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update "public"."addresses" as t set "street_line" = CAST((concat_ws(' ', t."street", t."house_number")) AS text) where row("t"."id") <= row($1::text::bigint) and t."street_line" IS NULL AND (pg_catalog.record_image_ne(ROW(t."street_line"), ROW(CAST((concat_ws(' ', t."street", t."house_number")) AS text))) AND pg_catalog.record_image_ne(ROW(t."street", t."house_number"), ROW("bellows"."down_0_fbde8ced"(t."street_line"), "bellows"."down_1_fbde8ced"(t."street_line"))));
-- update "public"."addresses" as t set "street_line" = CAST((concat_ws(' ', t."street", t."house_number")) AS text) where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."street_line" IS NULL AND (pg_catalog.record_image_ne(ROW(t."street_line"), ROW(CAST((concat_ws(' ', t."street", t."house_number")) AS text))) AND pg_catalog.record_image_ne(ROW(t."street", t."house_number"), ROW("bellows"."down_0_fbde8ced"(t."street_line"), "bellows"."down_1_fbde8ced"(t."street_line"))));

-- backfill.addresses.street_line.final: from here on a NULL in the new column is a value
BEGIN;
create or replace function "bellows"."sync_3bd5a0c4"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- street, house_number <-> street_line
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 text;
    up_0_error text;
    down_0 text;
    down_0_error text;
    down_1 text;
    down_1_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."street_line" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."street" IS NOT NULL OR NEW."house_number" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."street_line"), ROW(OLD."street_line"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number", NEW."id"), ROW(OLD."street", OLD."house_number", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number"), ROW(OLD."street", OLD."house_number"));
    END IF;
    IF from_old THEN
      up_0 := concat_ws(' ', NEW."street", NEW."house_number");
      IF pg_catalog.record_image_ne(ROW(NEW."street_line"), ROW(up_0)) THEN
        BEGIN
          down_0 := coalesce(regexp_replace(NEW."street_line", ' [0-9][^ ]*$', ''), '');
        EXCEPTION WHEN OTHERS THEN
          down_0 := coalesce(left(NEW."street_line", 100), '');
          down_0_error := SQLSTATE;
        END;
        BEGIN
          down_1 := substring(NEW."street_line" from ' ([0-9][^ ]*)$');
        EXCEPTION WHEN OTHERS THEN
          down_1 := NULL;
          down_1_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number"), ROW(down_0, down_1)) THEN
          NEW."street_line" := up_0;

        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_fbde8ced', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_fbde8ced', pg_catalog.setval('"bellows"."old_writes_fbde8ced"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_fbde8ced', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_fbde8ced', pg_catalog.setval('"bellows"."new_writes_fbde8ced"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      BEGIN
        down_0 := coalesce(regexp_replace(NEW."street_line", ' [0-9][^ ]*$', ''), '');
      EXCEPTION WHEN OTHERS THEN
        down_0 := coalesce(left(NEW."street_line", 100), '');
        down_0_error := SQLSTATE;
      END;
      BEGIN
        down_1 := substring(NEW."street_line" from ' ([0-9][^ ]*)$');
      EXCEPTION WHEN OTHERS THEN
        down_1 := NULL;
        down_1_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."street", NEW."house_number"), ROW(down_0, down_1)) THEN
        up_0 := concat_ws(' ', NEW."street", NEW."house_number");
        IF pg_catalog.record_image_ne(ROW(NEW."street_line"), ROW(up_0)) THEN
          NEW."street" := down_0;
          NEW."house_number" := down_1;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
        IF down_1_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- backfill.addresses.street_line.analyze: refresh the statistics of street_line, so that queries on it are planned well
analyze "public"."addresses" ("street_line");

-- backfill.addresses.street_line.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."street_line"), ROW(CAST((concat_ws(' ', t."street", t."house_number")) AS text))) AND pg_catalog.record_image_ne(ROW(t."street", t."house_number"), ROW("bellows"."down_0_fbde8ced"(t."street_line"), "bellows"."down_1_fbde8ced"(t."street_line")))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."street_line"), ROW(CAST((concat_ws(' ', t."street", t."house_number")) AS text))) AND pg_catalog.record_image_ne(ROW(t."street", t."house_number"), ROW("bellows"."down_0_fbde8ced"(t."street_line"), "bellows"."down_1_fbde8ced"(t."street_line"))))))[1:10] as keys from "public"."addresses" as t where row("t"."id") <= row($1::text::bigint);
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."street_line"), ROW(CAST((concat_ws(' ', t."street", t."house_number")) AS text))) AND pg_catalog.record_image_ne(ROW(t."street", t."house_number"), ROW("bellows"."down_0_fbde8ced"(t."street_line"), "bellows"."down_1_fbde8ced"(t."street_line")))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."street_line"), ROW(CAST((concat_ws(' ', t."street", t."house_number")) AS text))) AND pg_catalog.record_image_ne(ROW(t."street", t."house_number"), ROW("bellows"."down_0_fbde8ced"(t."street_line"), "bellows"."down_1_fbde8ced"(t."street_line"))))))[1:10] as keys from "public"."addresses" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint);

-- 20260122100000_merge_street_line: contract

-- contract.addresses.street+house_number: hide street as bellows_q_c6b0f9b5_street, house_number as bellows_q_c38a13fa_house_number
BEGIN;
lock table "public"."addresses" in access exclusive mode;
alter table "public"."addresses" alter column "street" drop not null;
alter table "public"."addresses" rename column "street" to "bellows_q_c6b0f9b5_street";
alter table "public"."addresses" rename column "house_number" to "bellows_q_c38a13fa_house_number";
create or replace function "bellows"."sync_3bd5a0c4"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- quarantine: street, house_number follows
  DECLARE
    from_new boolean;
    up_0 text;
    up_0_error text;
    down_0 text;
    down_0_error text;
    down_1 text;
    down_1_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := true;
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."street_line", NEW."id"), ROW(OLD."street_line", OLD."id"));
    END IF;
    IF from_new THEN
      BEGIN
        down_0 := coalesce(regexp_replace(NEW."street_line", ' [0-9][^ ]*$', ''), '');
      EXCEPTION WHEN OTHERS THEN
        down_0 := coalesce(left(NEW."street_line", 100), '');
        down_0_error := SQLSTATE;
      END;
      BEGIN
        down_1 := substring(NEW."street_line" from ' ([0-9][^ ]*)$');
      EXCEPTION WHEN OTHERS THEN
        down_1 := NULL;
        down_1_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."bellows_q_c6b0f9b5_street", NEW."bellows_q_c38a13fa_house_number"), ROW(down_0, down_1)) THEN
        up_0 := concat_ws(' ', NEW."bellows_q_c6b0f9b5_street", NEW."bellows_q_c38a13fa_house_number");
        IF pg_catalog.record_image_ne(ROW(NEW."street_line"), ROW(up_0)) OR TG_OP = 'INSERT' THEN
          NEW."bellows_q_c6b0f9b5_street" := down_0;
          NEW."bellows_q_c38a13fa_house_number" := down_1;
          IF down_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF down_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'street', down_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
        IF down_1_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('fbde8ced', '20260122100000_merge_street_line', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'house_number', down_1_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- 20260122100000_merge_street_line: purge

-- purge.addresses.street_line: drop the hidden old columns bellows_q_c6b0f9b5_street, bellows_q_c38a13fa_house_number and the trigger
BEGIN;
lock table "public"."addresses" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."addresses";
drop trigger if exists "~bellows_sync_replica" on "public"."addresses";
drop function if exists "bellows"."sync_3bd5a0c4"();
alter table "public"."addresses" drop column if exists "bellows_q_c6b0f9b5_street";
alter table "public"."addresses" drop column if exists "bellows_q_c38a13fa_house_number";
drop function if exists "bellows"."down_0_fbde8ced";
drop function if exists "bellows"."down_0_fbde8ced_error";
drop function if exists "bellows"."down_1_fbde8ced";
drop function if exists "bellows"."down_1_fbde8ced_error";
drop sequence if exists "bellows"."old_writes_fbde8ced";
drop sequence if exists "bellows"."new_writes_fbde8ced";
COMMIT;
