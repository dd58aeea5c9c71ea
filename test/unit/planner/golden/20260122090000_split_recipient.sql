-- warn prepared-select-star: a prepared SELECT * or RETURNING * on public.addresses fails once with 0A000 when the column appears, until it is prepared again
-- the new version may be deployed from: backfilled

-- 20260122090000_split_recipient: expand

-- expand.addresses.first_name+last_name: add first_name, last_name and the trigger that keeps both shapes in sync
BEGIN;
lock table "public"."addresses" in access exclusive mode;
alter table "public"."addresses" add column "first_name" text;
alter table "public"."addresses" add column "last_name" text;
create sequence if not exists "bellows"."old_writes_4908484a" as bigint minvalue 0 start 0 no cycle;
create sequence if not exists "bellows"."new_writes_4908484a" as bigint minvalue 0 start 0 no cycle;
do $bellows$declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', 'table', o.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end) from pg_catalog.unnest(array['"bellows"."old_writes_4908484a"', '"bellows"."new_writes_4908484a"']::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i'))) loop execute each; end loop; end$bellows$;
create or replace function "bellows"."up_0_4908484a"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := split_part(a0, ' ', 1);
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := NULL;
  RETURN result;
END
$bellows$;
create or replace function "bellows"."up_0_4908484a_error"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := split_part(a0, ' ', 1);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$bellows$;
create or replace function "bellows"."up_1_4908484a"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := substr(a0, strpos(a0 || ' ', ' ') + 1);
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  result := NULL;
  RETURN result;
END
$bellows$;
create or replace function "bellows"."up_1_4908484a_error"(a0 text) returns text language plpgsql stable set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
DECLARE
  result text;
BEGIN
  result := substr(a0, strpos(a0 || ' ', ' ') + 1);
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
  -- recipient <-> first_name, last_name
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 text;
    up_0_error text;
    up_1 text;
    up_1_error text;
    down_0 text;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."first_name" IS NULL AND NEW."last_name" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."recipient" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(OLD."first_name", OLD."last_name"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."recipient", NEW."id"), ROW(OLD."recipient", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."recipient"), ROW(OLD."recipient"));
      from_old := from_old OR (NOT from_new AND NEW."first_name" IS NULL AND NEW."last_name" IS NULL);
    END IF;
    IF from_old THEN
      BEGIN
        up_0 := split_part(NEW."recipient", ' ', 1);
      EXCEPTION WHEN OTHERS THEN
        up_0 := NULL;
        up_0_error := SQLSTATE;
      END;
      BEGIN
        up_1 := substr(NEW."recipient", strpos(NEW."recipient" || ' ', ' ') + 1);
      EXCEPTION WHEN OTHERS THEN
        up_1 := NULL;
        up_1_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(up_0, up_1)) THEN
        down_0 := concat_ws(' ', NEW."first_name", NEW."last_name");
        IF pg_catalog.record_image_ne(ROW(NEW."recipient"), ROW(down_0)) THEN
          NEW."first_name" := up_0;
          NEW."last_name" := up_1;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'first_name', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'last_name', up_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF up_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'first_name', up_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
        IF up_1_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'last_name', up_1_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_4908484a', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_4908484a', pg_catalog.setval('"bellows"."old_writes_4908484a"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_4908484a', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_4908484a', pg_catalog.setval('"bellows"."new_writes_4908484a"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      IF TG_OP = 'UPDATE' THEN
        IF OLD."first_name" IS NULL AND OLD."last_name" IS NULL THEN
          BEGIN
            up_0 := split_part(NEW."recipient", ' ', 1);
          EXCEPTION WHEN OTHERS THEN
            up_0 := NULL;
            up_0_error := SQLSTATE;
          END;
          BEGIN
            up_1 := substr(NEW."recipient", strpos(NEW."recipient" || ' ', ' ') + 1);
          EXCEPTION WHEN OTHERS THEN
            up_1 := NULL;
            up_1_error := SQLSTATE;
          END;
          NEW."first_name" := COALESCE(NEW."first_name", up_0);
          NEW."last_name" := COALESCE(NEW."last_name", up_1);
        END IF;
      END IF;
      down_0 := concat_ws(' ', NEW."first_name", NEW."last_name");
      IF pg_catalog.record_image_ne(ROW(NEW."recipient"), ROW(down_0)) THEN
        BEGIN
          up_0 := split_part(NEW."recipient", ' ', 1);
        EXCEPTION WHEN OTHERS THEN
          up_0 := NULL;
          up_0_error := SQLSTATE;
        END;
        BEGIN
          up_1 := substr(NEW."recipient", strpos(NEW."recipient" || ' ', ' ') + 1);
        EXCEPTION WHEN OTHERS THEN
          up_1 := NULL;
          up_1_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(up_0, up_1)) THEN
          NEW."recipient" := down_0;

        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'first_name', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'last_name', up_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
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

-- 20260122090000_split_recipient: backfill

-- backfill.addresses.first_name+last_name.fill: fill first_name, last_name for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'first_name', "bellows"."up_0_4908484a_error"(t."recipient") from "public"."addresses" as t where row("t"."id") <= row($1::text::bigint) and "bellows"."up_0_4908484a_error"(t."recipient") is not null and pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))) on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'last_name', "bellows"."up_1_4908484a_error"(t."recipient") from "public"."addresses" as t where row("t"."id") <= row($1::text::bigint) and "bellows"."up_1_4908484a_error"(t."recipient") is not null and pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))) on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- update "public"."addresses" as t set "first_name" = "bellows"."up_0_4908484a"(t."recipient"), "last_name" = "bellows"."up_1_4908484a"(t."recipient") where row("t"."id") <= row($1::text::bigint) and t."first_name" IS NULL AND t."last_name" IS NULL AND (pg_catalog.record_image_ne(ROW(t."first_name", t."last_name"), ROW("bellows"."up_0_4908484a"(t."recipient"), "bellows"."up_1_4908484a"(t."recipient"))) AND pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))));
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'first_name', "bellows"."up_0_4908484a_error"(t."recipient") from "public"."addresses" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and "bellows"."up_0_4908484a_error"(t."recipient") is not null and pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))) on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- insert into "bellows"."conversion_failures" as f (lens, migration, key, target, code) select '4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, t."id")::text, 'last_name', "bellows"."up_1_4908484a_error"(t."recipient") from "public"."addresses" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and "bellows"."up_1_4908484a_error"(t."recipient") is not null and pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))) on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null;
-- update "public"."addresses" as t set "first_name" = "bellows"."up_0_4908484a"(t."recipient"), "last_name" = "bellows"."up_1_4908484a"(t."recipient") where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint) and t."first_name" IS NULL AND t."last_name" IS NULL AND (pg_catalog.record_image_ne(ROW(t."first_name", t."last_name"), ROW("bellows"."up_0_4908484a"(t."recipient"), "bellows"."up_1_4908484a"(t."recipient"))) AND pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))));

-- backfill.addresses.first_name+last_name.final: from here on a NULL in first_name, last_name is a value
BEGIN;
create or replace function "bellows"."sync_3bd5a0c4"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- recipient <-> first_name, last_name
  DECLARE
    from_new boolean;
    from_old boolean;
    count_old boolean;
    up_0 text;
    up_0_error text;
    up_1 text;
    up_1_error text;
    down_0 text;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := NOT (NEW."first_name" IS NULL AND NEW."last_name" IS NULL);
      from_old := NOT from_new;
      count_old := from_old AND (NEW."recipient" IS NOT NULL);
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(OLD."first_name", OLD."last_name"));
      from_old := NOT from_new AND pg_catalog.record_image_ne(ROW(NEW."recipient", NEW."id"), ROW(OLD."recipient", OLD."id"));
      count_old := from_old AND pg_catalog.record_image_ne(ROW(NEW."recipient"), ROW(OLD."recipient"));
    END IF;
    IF from_old THEN
      BEGIN
        up_0 := split_part(NEW."recipient", ' ', 1);
      EXCEPTION WHEN OTHERS THEN
        up_0 := NULL;
        up_0_error := SQLSTATE;
      END;
      BEGIN
        up_1 := substr(NEW."recipient", strpos(NEW."recipient" || ' ', ' ') + 1);
      EXCEPTION WHEN OTHERS THEN
        up_1 := NULL;
        up_1_error := SQLSTATE;
      END;
      IF pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(up_0, up_1)) THEN
        down_0 := concat_ws(' ', NEW."first_name", NEW."last_name");
        IF pg_catalog.record_image_ne(ROW(NEW."recipient"), ROW(down_0)) THEN
          NEW."first_name" := up_0;
          NEW."last_name" := up_1;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'first_name', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'last_name', up_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      ELSE
        IF up_0_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'first_name', up_0_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
        IF up_1_error IS NOT NULL THEN
          INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'last_name', up_1_error)
          ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
        END IF;
      END IF;
      IF count_old THEN
        IF pg_catalog.current_setting('bellows.old_writes_4908484a', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
          PERFORM pg_catalog.set_config('bellows.old_writes_4908484a', pg_catalog.setval('"bellows"."old_writes_4908484a"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
        END IF;
      END IF;
    ELSIF from_new THEN
      IF pg_catalog.current_setting('bellows.new_writes_4908484a', true) IS DISTINCT FROM EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint::text THEN
        PERFORM pg_catalog.set_config('bellows.new_writes_4908484a', pg_catalog.setval('"bellows"."new_writes_4908484a"', EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint)::text, false);
      END IF;
      down_0 := concat_ws(' ', NEW."first_name", NEW."last_name");
      IF pg_catalog.record_image_ne(ROW(NEW."recipient"), ROW(down_0)) THEN
        BEGIN
          up_0 := split_part(NEW."recipient", ' ', 1);
        EXCEPTION WHEN OTHERS THEN
          up_0 := NULL;
          up_0_error := SQLSTATE;
        END;
        BEGIN
          up_1 := substr(NEW."recipient", strpos(NEW."recipient" || ' ', ' ') + 1);
        EXCEPTION WHEN OTHERS THEN
          up_1 := NULL;
          up_1_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(up_0, up_1)) THEN
          NEW."recipient" := down_0;

        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'first_name', up_0_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO "bellows"."conversion_failures" AS f (lens, migration, key, target, code) VALUES ('4908484a', '20260122090000_split_recipient', pg_catalog.jsonb_build_object('id'::text, NEW."id")::text, 'last_name', up_1_error)
            ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- backfill.addresses.first_name+last_name.analyze: refresh the statistics of first_name, last_name, so that queries on it are planned well
analyze "public"."addresses" ("first_name", "last_name");

-- backfill.addresses.first_name+last_name.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."first_name", t."last_name"), ROW("bellows"."up_0_4908484a"(t."recipient"), "bellows"."up_1_4908484a"(t."recipient"))) AND pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text)))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."first_name", t."last_name"), ROW("bellows"."up_0_4908484a"(t."recipient"), "bellows"."up_1_4908484a"(t."recipient"))) AND pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))))))[1:10] as keys from "public"."addresses" as t where row("t"."id") <= row($1::text::bigint);
-- select count(*)::float8 as rows, count(*) filter (where (pg_catalog.record_image_ne(ROW(t."first_name", t."last_name"), ROW("bellows"."up_0_4908484a"(t."recipient"), "bellows"."up_1_4908484a"(t."recipient"))) AND pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text)))))::float8 as mismatches, (array_agg(pg_catalog.jsonb_build_object('id'::text, t."id")::text) filter (where (pg_catalog.record_image_ne(ROW(t."first_name", t."last_name"), ROW("bellows"."up_0_4908484a"(t."recipient"), "bellows"."up_1_4908484a"(t."recipient"))) AND pg_catalog.record_image_ne(ROW(t."recipient"), ROW(CAST((concat_ws(' ', t."first_name", t."last_name")) AS text))))))[1:10] as keys from "public"."addresses" as t where row("t"."id") > row($1::text::bigint) and row("t"."id") <= row($2::text::bigint);

-- 20260122090000_split_recipient: contract

-- contract.addresses.recipient: hide recipient as bellows_q_0b2bb89e_recipient
BEGIN;
lock table "public"."addresses" in access exclusive mode;
alter table "public"."addresses" alter column "recipient" drop not null;
alter table "public"."addresses" rename column "recipient" to "bellows_q_0b2bb89e_recipient";
create or replace function "bellows"."sync_3bd5a0c4"() returns trigger language plpgsql security definer set search_path = "pg_catalog", "pg_temp" set TimeZone = 'UTC' set DateStyle = 'ISO, YMD' set IntervalStyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' set array_nulls = 'on' set xmloption = 'content' set xmlbinary = 'base64' set quote_all_identifiers = 'off' set transform_null_equals = 'off' as $bellows$
BEGIN
  IF pg_catalog.current_setting('bellows.sync', true) = 'off' THEN
    RETURN NEW;
  END IF;
  -- quarantine: recipient follows
  DECLARE
    from_new boolean;
    up_0 text;
    up_0_error text;
    up_1 text;
    up_1_error text;
    down_0 text;
    down_0_error text;
  BEGIN
    IF TG_OP = 'INSERT' THEN
      from_new := true;
    ELSE
      from_new := pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(OLD."first_name", OLD."last_name"));
    END IF;
    IF from_new THEN
      down_0 := concat_ws(' ', NEW."first_name", NEW."last_name");
      IF pg_catalog.record_image_ne(ROW(NEW."bellows_q_0b2bb89e_recipient"), ROW(down_0)) THEN
        BEGIN
          up_0 := split_part(NEW."bellows_q_0b2bb89e_recipient", ' ', 1);
        EXCEPTION WHEN OTHERS THEN
          up_0 := NULL;
          up_0_error := SQLSTATE;
        END;
        BEGIN
          up_1 := substr(NEW."bellows_q_0b2bb89e_recipient", strpos(NEW."bellows_q_0b2bb89e_recipient" || ' ', ' ') + 1);
        EXCEPTION WHEN OTHERS THEN
          up_1 := NULL;
          up_1_error := SQLSTATE;
        END;
        IF pg_catalog.record_image_ne(ROW(NEW."first_name", NEW."last_name"), ROW(up_0, up_1)) OR TG_OP = 'INSERT' THEN
          NEW."bellows_q_0b2bb89e_recipient" := down_0;

        END IF;
      END IF;
    END IF;
  END;
  RETURN NEW;
END
$bellows$;
COMMIT;

-- 20260122090000_split_recipient: purge

-- purge.addresses.first_name+last_name: drop the hidden old column bellows_q_0b2bb89e_recipient and the trigger
BEGIN;
lock table "public"."addresses" in access exclusive mode;
drop trigger if exists "~bellows_sync" on "public"."addresses";
drop trigger if exists "~bellows_sync_replica" on "public"."addresses";
drop function if exists "bellows"."sync_3bd5a0c4"();
alter table "public"."addresses" drop column if exists "bellows_q_0b2bb89e_recipient";
drop function if exists "bellows"."up_0_4908484a";
drop function if exists "bellows"."up_0_4908484a_error";
drop function if exists "bellows"."up_1_4908484a";
drop function if exists "bellows"."up_1_4908484a_error";
drop sequence if exists "bellows"."old_writes_4908484a";
drop sequence if exists "bellows"."new_writes_4908484a";
COMMIT;
