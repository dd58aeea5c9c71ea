-- warn column-visible: the statements of neither version are known, so shop.products.slug is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260111090000_add_slug: expand

-- expand.products.slug.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_up_0_8921bc44`;
create function `shop`.`bellows_up_0_8921bc44`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (lower(replace(a0, ' ', '-')));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_0_8921bc44_error`;
create function `shop`.`bellows_up_0_8921bc44_error`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (lower(replace(a0, ' ', '-')));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;

-- expand.products.slug: add slug and the triggers that keep both shapes in sync
lock tables `shop`.`products` write;
alter table `shop`.`products` add column `slug` varchar(200) null invisible, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    IF NEW.`slug` IS NOT NULL THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8921bc44', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NEW.`slug` IS NULL THEN
        IF NEW.`title` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`title`; END IF;
        SET up_0 = `shop`.`bellows_up_0_8921bc44`(stored_0);
        SET NEW.`slug` = up_0;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    IF NOT (CAST(NEW.`slug` AS BINARY) <=> CAST(OLD.`slug` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8921bc44', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NEW.`slug` IS NULL AND OLD.`slug` IS NULL THEN
        IF NEW.`title` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`title`; END IF;
        SET up_0 = `shop`.`bellows_up_0_8921bc44`(stored_0);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_8921bc44_error`(stored_0), NULL);
        SET NEW.`slug` = up_0;
        IF up_0_error IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('8921bc44', '20260111090000_add_slug', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'slug', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai2`;
drop trigger if exists `shop`.`bellows_products_ai`;
create trigger `bellows_products_ai` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_8921bc44_error`(NEW.`title`);
      IF up_0_error IS NOT NULL AND NEW.`slug` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('8921bc44', '20260111090000_add_slug', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'slug', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260111090000_add_slug: backfill

-- backfill.products.slug.fill: fill slug where it is NULL, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`products` as t set `t`.`slug` = `shop`.`bellows_up_0_8921bc44`(t.`title`) where `t`.`id` <= cast(cast(? as char) as signed) and t.`slug` IS NULL;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '8921bc44', '20260111090000_add_slug', f.k, sha2(f.k, 256), 'slug', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_8921bc44_error`(t.`title`) as code from `shop`.`products` as t where `t`.`id` <= cast(cast(? as char) as signed) and `t`.`slug` is null and `shop`.`bellows_up_0_8921bc44_error`(t.`title`) is not null and t.`slug` IS NULL) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- update /* bellows */ `shop`.`products` as t set `t`.`slug` = `shop`.`bellows_up_0_8921bc44`(t.`title`) where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`slug` IS NULL;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '8921bc44', '20260111090000_add_slug', f.k, sha2(f.k, 256), 'slug', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_8921bc44_error`(t.`title`) as code from `shop`.`products` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and `t`.`slug` is null and `shop`.`bellows_up_0_8921bc44_error`(t.`title`) is not null and t.`slug` IS NULL) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;

-- backfill.products.slug.final: from here on a NULL in the new column is a value
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
create trigger `bellows_products_bi2` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    IF NEW.`slug` IS NOT NULL THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8921bc44', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NEW.`slug` IS NULL THEN
        IF NEW.`title` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`title`; END IF;
        SET up_0 = `shop`.`bellows_up_0_8921bc44`(stored_0);
        SET NEW.`slug` = up_0;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    IF NEW.`slug` IS NOT NULL THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8921bc44', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NEW.`slug` IS NULL THEN
        IF NEW.`title` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`title`; END IF;
        SET up_0 = `shop`.`bellows_up_0_8921bc44`(stored_0);
        SET NEW.`slug` = up_0;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bu2`;
create trigger `bellows_products_bu2` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    IF NOT (CAST(NEW.`slug` AS BINARY) <=> CAST(OLD.`slug` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8921bc44', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    IF NOT (CAST(NEW.`slug` AS BINARY) <=> CAST(OLD.`slug` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8921bc44', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_ai2`;
create trigger `bellows_products_ai2` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_8921bc44_error`(NEW.`title`);
      IF up_0_error IS NOT NULL AND NEW.`slug` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('8921bc44', '20260111090000_add_slug', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'slug', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai`;
create trigger `bellows_products_ai` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- slug
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_8921bc44_error`(NEW.`title`);
      IF up_0_error IS NOT NULL AND NEW.`slug` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('8921bc44', '20260111090000_add_slug', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'slug', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai2`;

-- backfill.products.slug.visible: show slug to statements that do not list their columns
alter table `shop`.`products` modify column `slug` varchar(200) null, algorithm=instant, lock=default;

-- 20260111090000_add_slug: contract

-- contract.products.slug.not-null: make slug NOT NULL: the table is made anew, while others write
alter table `shop`.`products` modify column `slug` varchar(200) not null, algorithm=inplace, lock=none;

-- contract.products.slug.release: the triggers go
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bi`;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_bu`;
drop trigger if exists `shop`.`bellows_products_ai2`;
drop trigger if exists `shop`.`bellows_products_ai`;

-- 20260111090000_add_slug: purge

-- purge.products.slug.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_up_0_8921bc44`;
drop function if exists `shop`.`bellows_up_0_8921bc44_error`;

-- purge.products.slug.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '8921bc44';
