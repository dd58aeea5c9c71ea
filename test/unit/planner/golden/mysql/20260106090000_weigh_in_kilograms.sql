-- warn column-visible: the statements of neither version are known, so shop.products.weight_kg is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260106090000_weigh_in_kilograms: expand

-- expand.products.weight_kg.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_up_0_6de9ae87`;
create function `shop`.`bellows_up_0_6de9ae87`(a0 int) returns numeric(10,3) deterministic no sql BEGIN
  DECLARE result numeric(10,3);
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (a0 / 1000.0);
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_0_6de9ae87_error`;
create function `shop`.`bellows_up_0_6de9ae87_error`(a0 int) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result numeric(10,3);
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (a0 / 1000.0);
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;
drop function if exists `shop`.`bellows_down_0_6de9ae87`;
create function `shop`.`bellows_down_0_6de9ae87`(a0 numeric(10,3)) returns int deterministic no sql BEGIN
  DECLARE result int;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (cast(a0 * 1000 as signed));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_down_0_6de9ae87_error`;
create function `shop`.`bellows_down_0_6de9ae87_error`(a0 numeric(10,3)) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result int;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (cast(a0 * 1000 as signed));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;

-- expand.products.weight_kg: add weight_kg and the triggers that keep both shapes in sync
lock tables `shop`.`products` write;
alter table `shop`.`products` add column `weight_kg` numeric(10,3) null invisible after `weight_grams`, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE down_0 int;
      IF NOT (NEW.`weight_kg` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`weight_grams` = down_0;
          END IF;
        END IF;
      ELSE
        IF NEW.`weight_grams` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`weight_kg` = up_0;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(OLD.`weight_kg` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`weight_grams` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) OR (NEW.`weight_kg` IS NULL) THEN
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`weight_kg` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai2`;
drop trigger if exists `shop`.`bellows_products_ai`;
create trigger `bellows_products_ai` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260106090000_weigh_in_kilograms: backfill

-- backfill.products.weight_kg.fill: fill weight_kg for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`products` as t set `t`.`weight_kg` = `shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) where `t`.`id` <= cast(cast(? as char) as signed) and t.`weight_kg` IS NULL AND ((NOT (CAST(t.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) AS BINARY))) AND (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY))));
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '6de9ae87', '20260106090000_weigh_in_kilograms', f.k, sha2(f.k, 256), 'weight_kg', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_6de9ae87_error`(t.`weight_grams`) as code from `shop`.`products` as t where `t`.`id` <= cast(cast(? as char) as signed) and `t`.`weight_kg` is null and `shop`.`bellows_up_0_6de9ae87_error`(t.`weight_grams`) is not null and (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- update /* bellows */ `shop`.`products` as t set `t`.`weight_kg` = `shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`weight_kg` IS NULL AND ((NOT (CAST(t.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) AS BINARY))) AND (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY))));
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '6de9ae87', '20260106090000_weigh_in_kilograms', f.k, sha2(f.k, 256), 'weight_kg', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_6de9ae87_error`(t.`weight_grams`) as code from `shop`.`products` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and `t`.`weight_kg` is null and `shop`.`bellows_up_0_6de9ae87_error`(t.`weight_grams`) is not null and (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;

-- backfill.products.weight_kg.final: from here on a NULL in the new column is a value
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
create trigger `bellows_products_bi2` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE down_0 int;
      IF NOT (NEW.`weight_kg` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`weight_grams` = down_0;
          END IF;
        END IF;
      ELSE
        IF NEW.`weight_grams` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`weight_kg` = up_0;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE down_0 int;
      IF NOT (NEW.`weight_kg` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`weight_grams` = down_0;
          END IF;
        END IF;
      ELSE
        IF NEW.`weight_grams` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`weight_kg` = up_0;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bu2`;
create trigger `bellows_products_bu2` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(OLD.`weight_kg` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`weight_grams` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`weight_kg` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(OLD.`weight_kg` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`weight_grams` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`weight_kg` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_ai2`;
create trigger `bellows_products_ai2` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai`;
create trigger `bellows_products_ai` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai2`;

-- backfill.products.weight_kg.visible: show weight_kg to statements that do not list their columns
alter table `shop`.`products` modify column `weight_kg` numeric(10,3) null, algorithm=instant, lock=default;

-- backfill.products.weight_kg.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) AS BINARY))) AND (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`products` as t where `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) AS BINARY))) AND (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`products` as t where `t`.`id` <= cast(cast(? as char) as signed);
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) AS BINARY))) AND (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`products` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(t.`weight_grams`) AS BINARY))) AND (NOT (CAST(t.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(t.`weight_kg`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`products` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed);

-- 20260106090000_weigh_in_kilograms: contract

-- contract.products.weight_kg: the new column takes over from weight_grams, which is hidden and follows
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
create trigger `bellows_products_bi2` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 numeric(10,3);
        DECLARE down_0 int;
        IF NOT (NEW.`weight_kg` IS NULL) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
            IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`weight_grams` = down_0;
            END IF;
          END IF;
        ELSE
          IF NEW.`weight_grams` IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
            IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`weight_kg` = up_0;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 numeric(10,3);
        DECLARE down_0 int;
        IF NOT (NEW.`weight_kg` IS NULL) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
            IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`weight_grams` = down_0;
            END IF;
          END IF;
        ELSE
          IF NEW.`weight_grams` IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
            IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`weight_kg` = up_0;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bu2`;
create trigger `bellows_products_bu2` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 numeric(10,3);
        DECLARE up_0_error varchar(64) character set ascii;
        DECLARE down_0 int;
        DECLARE down_0_error varchar(64) character set ascii;
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(OLD.`weight_kg` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
            IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`weight_grams` = down_0;
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSEIF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
            SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
            IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`weight_kg` = up_0;
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 numeric(10,3);
        DECLARE up_0_error varchar(64) character set ascii;
        DECLARE down_0 int;
        DECLARE down_0_error varchar(64) character set ascii;
        IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(OLD.`weight_kg` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
            IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`weight_grams` = down_0;
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSEIF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(OLD.`weight_grams` AS BINARY)) THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('6de9ae87', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`), NULL);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
            SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
            IF NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`weight_kg` = up_0;
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_ai2`;
create trigger `bellows_products_ai2` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`);
        IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`);
        IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai`;
create trigger `bellows_products_ai` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- weight_grams <-> weight_kg
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_6de9ae87_error`(NEW.`weight_grams`);
        IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_grams` AS BINARY) <=> CAST(`shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_kg', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`);
        IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(NEW.`weight_grams`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai2`;
alter table `shop`.`products` rename column `weight_grams` to `bellows_q_19469595_weight_grams`, algorithm=instant, lock=default;
alter table `shop`.`products` modify column `bellows_q_19469595_weight_grams` int null invisible, algorithm=instant, lock=default;
alter table `shop`.`products` modify column `weight_kg` numeric(10,3) null, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_products_bi2`;
create trigger `bellows_products_bi2` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: weight_grams follows
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE down_0 int;
      SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
      SET NEW.`bellows_q_19469595_weight_grams` = down_0;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: weight_grams follows
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE down_0 int;
      SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
      SET NEW.`bellows_q_19469595_weight_grams` = down_0;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bu2`;
create trigger `bellows_products_bu2` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: weight_grams follows
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(OLD.`weight_kg` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
        IF NOT (CAST(NEW.`bellows_q_19469595_weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`bellows_q_19469595_weight_grams`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`bellows_q_19469595_weight_grams`), NULL);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`bellows_q_19469595_weight_grams` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: weight_grams follows
    BEGIN
      DECLARE up_0 numeric(10,3);
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(OLD.`weight_kg` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        SET down_0 = `shop`.`bellows_down_0_6de9ae87`(NEW.`weight_kg`);
        SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`), NULL);
        IF NOT (CAST(NEW.`bellows_q_19469595_weight_grams` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_6de9ae87`(NEW.`bellows_q_19469595_weight_grams`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_6de9ae87_error`(NEW.`bellows_q_19469595_weight_grams`), NULL);
          IF NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`bellows_q_19469595_weight_grams` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_ai2`;
create trigger `bellows_products_ai2` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: weight_grams follows
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(NEW.`bellows_q_19469595_weight_grams`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai`;
create trigger `bellows_products_ai` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: weight_grams follows
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_6de9ae87_error`(NEW.`weight_kg`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`weight_kg` AS BINARY) <=> CAST(`shop`.`bellows_up_0_6de9ae87`(NEW.`bellows_q_19469595_weight_grams`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('6de9ae87', '20260106090000_weigh_in_kilograms', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'weight_grams', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_ai2`;

-- 20260106090000_weigh_in_kilograms: purge

-- purge.products.weight_grams: take the triggers away
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bi`;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_bu`;
drop trigger if exists `shop`.`bellows_products_ai2`;
drop trigger if exists `shop`.`bellows_products_ai`;

-- purge.products.weight_grams.column: drop the hidden old column bellows_q_19469595_weight_grams
alter table `shop`.`products` drop column `bellows_q_19469595_weight_grams`, algorithm=instant, lock=default;
-- or, where the server refuses that: alter table `shop`.`products` drop column `bellows_q_19469595_weight_grams`, algorithm=inplace, lock=none;

-- purge.products.weight_grams.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_up_0_6de9ae87`;
drop function if exists `shop`.`bellows_up_0_6de9ae87_error`;
drop function if exists `shop`.`bellows_down_0_6de9ae87`;
drop function if exists `shop`.`bellows_down_0_6de9ae87_error`;

-- purge.products.weight_grams.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '6de9ae87';
