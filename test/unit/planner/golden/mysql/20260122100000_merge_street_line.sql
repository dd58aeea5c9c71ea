-- warn goes-with-the-column: dropping shop.addresses.street, house_number takes with it: index addresses_street_idx
-- warn column-visible: the statements of neither version are known, so shop.addresses.street_line is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read addresses, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260122100000_merge_street_line: expand

-- expand.addresses.street_line.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_up_0_4c5e0ff8`;
create function `shop`.`bellows_up_0_4c5e0ff8`(a0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci, a1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (concat_ws(' ', a0, a1));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_0_4c5e0ff8_error`;
create function `shop`.`bellows_up_0_4c5e0ff8_error`(a0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci, a1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (concat_ws(' ', a0, a1));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;
drop function if exists `shop`.`bellows_down_0_4c5e0ff8`;
create function `shop`.`bellows_down_0_4c5e0ff8`(a0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (coalesce(regexp_replace(a0, ' [0-9][^ ]*$', ''), ''));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  IF code IS NOT NULL THEN
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (coalesce(left(a0, 100), ''));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  END IF;
  RETURN result;
END;
drop function if exists `shop`.`bellows_down_0_4c5e0ff8_error`;
create function `shop`.`bellows_down_0_4c5e0ff8_error`(a0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (coalesce(regexp_replace(a0, ' [0-9][^ ]*$', ''), ''));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;
drop function if exists `shop`.`bellows_down_1_4c5e0ff8`;
create function `shop`.`bellows_down_1_4c5e0ff8`(a0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (if(a0 regexp ' [0-9][^ ]*$', substring_index(a0, ' ', -1), null));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_down_1_4c5e0ff8_error`;
create function `shop`.`bellows_down_1_4c5e0ff8_error`(a0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (if(a0 regexp ' [0-9][^ ]*$', substring_index(a0, ' ', -1), null));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;

-- expand.addresses.street_line: add street_line and the triggers that keep both shapes in sync
lock tables `shop`.`addresses` write;
alter table `shop`.`addresses` add column `street_line` varchar(130) null invisible after `house_number`, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bi`;
create trigger `bellows_addresses_bi` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (NEW.`street_line` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        IF NEW.`street` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          IF NEW.`street` IS NULL OR NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`street` = down_0;
            SET NEW.`house_number` = down_1;
          END IF;
        END IF;
        IF NEW.`street` IS NULL THEN
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET NEW.`street_line` = up_0;
        END IF;
      ELSE
        IF NEW.`street` IS NOT NULL OR NEW.`house_number` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET NEW.`street_line` = up_0;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
drop trigger if exists `shop`.`bellows_addresses_bu`;
create trigger `bellows_addresses_bu` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1_error varchar(64) character set ascii;
      DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(OLD.`street_line` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
        IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`street` = down_0;
            SET NEW.`house_number` = down_1;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
        IF NEW.`street` IS NULL THEN
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          SET NEW.`street_line` = up_0;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) OR (NEW.`street_line` IS NULL) THEN
        IF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET NEW.`street_line` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
drop trigger if exists `shop`.`bellows_addresses_ai`;
create trigger `bellows_addresses_ai` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4c5e0ff8_error`(NEW.`street`, NEW.`house_number`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`) AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`);
      IF down_1_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260122100000_merge_street_line: backfill

-- backfill.addresses.street_line.fill: fill street_line for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`addresses` as t set `t`.`street_line` = `shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) where `t`.`id` <= cast(cast(? as char) as signed) and t.`street_line` IS NULL AND ((NOT (CAST(t.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) AS BINARY))) AND (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY))));
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '4c5e0ff8', '20260122100000_merge_street_line', f.k, sha2(f.k, 256), 'street_line', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_4c5e0ff8_error`(t.`street`, t.`house_number`) as code from `shop`.`addresses` as t where `t`.`id` <= cast(cast(? as char) as signed) and `t`.`street_line` is null and `shop`.`bellows_up_0_4c5e0ff8_error`(t.`street`, t.`house_number`) is not null and (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- update /* bellows */ `shop`.`addresses` as t set `t`.`street_line` = `shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`street_line` IS NULL AND ((NOT (CAST(t.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) AS BINARY))) AND (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY))));
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '4c5e0ff8', '20260122100000_merge_street_line', f.k, sha2(f.k, 256), 'street_line', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_4c5e0ff8_error`(t.`street`, t.`house_number`) as code from `shop`.`addresses` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and `t`.`street_line` is null and `shop`.`bellows_up_0_4c5e0ff8_error`(t.`street`, t.`house_number`) is not null and (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;

-- backfill.addresses.street_line.final: from here on a NULL in the new column is a value
lock tables `shop`.`addresses` write;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
create trigger `bellows_addresses_bi2` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (NEW.`street_line` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        IF NEW.`street` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          IF NEW.`street` IS NULL OR NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`street` = down_0;
            SET NEW.`house_number` = down_1;
          END IF;
        END IF;
        IF NEW.`street` IS NULL THEN
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET NEW.`street_line` = up_0;
        END IF;
      ELSE
        IF NEW.`street` IS NOT NULL OR NEW.`house_number` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET NEW.`street_line` = up_0;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi`;
create trigger `bellows_addresses_bi` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (NEW.`street_line` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        IF NEW.`street` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          IF NEW.`street` IS NULL OR NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`street` = down_0;
            SET NEW.`house_number` = down_1;
          END IF;
        END IF;
        IF NEW.`street` IS NULL THEN
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET NEW.`street_line` = up_0;
        END IF;
      ELSE
        IF NEW.`street` IS NOT NULL OR NEW.`house_number` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET NEW.`street_line` = up_0;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
create trigger `bellows_addresses_bu2` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1_error varchar(64) character set ascii;
      DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(OLD.`street_line` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
        IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`street` = down_0;
            SET NEW.`house_number` = down_1;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
        IF NEW.`street` IS NULL THEN
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          SET NEW.`street_line` = up_0;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET NEW.`street_line` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu`;
create trigger `bellows_addresses_bu` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1_error varchar(64) character set ascii;
      DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(OLD.`street_line` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
        IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`street` = down_0;
            SET NEW.`house_number` = down_1;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
        IF NEW.`street` IS NULL THEN
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          SET NEW.`street_line` = up_0;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET NEW.`street_line` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
create trigger `bellows_addresses_ai2` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4c5e0ff8_error`(NEW.`street`, NEW.`house_number`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`) AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`);
      IF down_1_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai`;
create trigger `bellows_addresses_ai` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4c5e0ff8_error`(NEW.`street`, NEW.`house_number`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`) AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`);
      IF down_1_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai2`;

-- backfill.addresses.street_line.visible: show street_line to statements that do not list their columns
alter table `shop`.`addresses` modify column `street_line` varchar(130) null, algorithm=instant, lock=default;

-- backfill.addresses.street_line.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) AS BINARY))) AND (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`addresses` as t where `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) AS BINARY))) AND (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`addresses` as t where `t`.`id` <= cast(cast(? as char) as signed);
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) AS BINARY))) AND (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`addresses` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(t.`street`, t.`house_number`) AS BINARY))) AND (NOT (CAST(t.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(t.`street_line`) AS BINARY)) OR NOT (CAST(t.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(t.`street_line`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`addresses` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed);

-- 20260122100000_merge_street_line: contract

-- contract.addresses.street.default: give street a default, so that no INSERT fails once it is hidden
alter table `shop`.`addresses` alter column `street` set default '', algorithm=instant, lock=default;

-- contract.addresses.street+house_number: hide street as bellows_q_f90d748d_street, house_number as bellows_q_46036ac2_house_number
lock tables `shop`.`addresses` write;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
create trigger `bellows_addresses_bi2` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (NEW.`street_line` IS NULL) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          IF NEW.`street` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            IF NEW.`street` IS NULL OR NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`street` = down_0;
              SET NEW.`house_number` = down_1;
            END IF;
          END IF;
          IF NEW.`street` IS NULL THEN
            IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            SET NEW.`street_line` = up_0;
          END IF;
        ELSE
          IF NEW.`street` IS NOT NULL OR NEW.`house_number` IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
            SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
              SET NEW.`street_line` = up_0;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi`;
create trigger `bellows_addresses_bi` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (NEW.`street_line` IS NULL) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          IF NEW.`street` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            IF NEW.`street` IS NULL OR NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`street` = down_0;
              SET NEW.`house_number` = down_1;
            END IF;
          END IF;
          IF NEW.`street` IS NULL THEN
            IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            SET NEW.`street_line` = up_0;
          END IF;
        ELSE
          IF NEW.`street` IS NOT NULL OR NEW.`house_number` IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
            SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
              SET NEW.`street_line` = up_0;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
create trigger `bellows_addresses_bu2` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_0_error varchar(64) character set ascii;
        DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0_error varchar(64) character set ascii;
        DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_1_error varchar(64) character set ascii;
        DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(OLD.`street_line` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
            IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`street` = down_0;
              SET NEW.`house_number` = down_1;
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF down_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
          IF NEW.`street` IS NULL THEN
            IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
            SET NEW.`street_line` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSEIF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
            SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
            SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
            SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
              SET NEW.`street_line` = up_0;
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF down_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu`;
create trigger `bellows_addresses_bu` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_0_error varchar(64) character set ascii;
        DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0_error varchar(64) character set ascii;
        DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_1_error varchar(64) character set ascii;
        DECLARE stored_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(OLD.`street_line` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
          SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
          SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
          SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
            IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
              SET NEW.`street` = down_0;
              SET NEW.`house_number` = down_1;
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF down_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
          IF NEW.`street` IS NULL THEN
            IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
            SET NEW.`street_line` = up_0;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSEIF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NOT (CAST(NEW.`street` AS BINARY) <=> CAST(OLD.`street` AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(OLD.`house_number` AS BINARY)) THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4c5e0ff8', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`street` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`street`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(stored_0, NEW.`house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(stored_0, NEW.`house_number`), NULL);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
            SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
            SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
            SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
              SET NEW.`street_line` = up_0;
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF down_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
create trigger `bellows_addresses_ai2` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4c5e0ff8_error`(NEW.`street`, NEW.`house_number`);
        IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`) AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
        IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`);
        IF down_1_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai`;
create trigger `bellows_addresses_ai` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- street, house_number <-> street_line
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4c5e0ff8_error`(NEW.`street`, NEW.`house_number`);
        IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`street` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`) AS BINARY)) OR NOT (CAST(NEW.`house_number` AS BINARY) <=> CAST(`shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street_line', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
        IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`);
        IF down_1_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`street`, NEW.`house_number`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
alter table `shop`.`addresses` rename column `street` to `bellows_q_f90d748d_street`, rename column `house_number` to `bellows_q_46036ac2_house_number`, algorithm=instant, lock=default;
alter table `shop`.`addresses` modify column `bellows_q_f90d748d_street` varchar(100) not null default '' invisible, algorithm=instant, lock=default;
alter table `shop`.`addresses` modify column `bellows_q_46036ac2_house_number` varchar(20) null invisible, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
create trigger `bellows_addresses_bi2` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: street, house_number follows
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
      SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
      SET NEW.`bellows_q_f90d748d_street` = COALESCE(down_0, '');
      SET NEW.`bellows_q_46036ac2_house_number` = down_1;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi`;
create trigger `bellows_addresses_bi` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: street, house_number follows
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
      SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
      SET NEW.`bellows_q_f90d748d_street` = COALESCE(down_0, '');
      SET NEW.`bellows_q_46036ac2_house_number` = down_1;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
create trigger `bellows_addresses_bu2` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: street, house_number follows
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(OLD.`street_line` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
        IF NOT (CAST(NEW.`bellows_q_f90d748d_street` AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`bellows_q_46036ac2_house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`), NULL);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`bellows_q_f90d748d_street` = COALESCE(down_0, '');
            SET NEW.`bellows_q_46036ac2_house_number` = down_1;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu`;
create trigger `bellows_addresses_bu` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: street, house_number follows
    BEGIN
      DECLARE up_0 varchar(130) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE down_0 varchar(100) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE down_1 varchar(20) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_1_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(OLD.`street_line` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        SET down_0 = `shop`.`bellows_down_0_4c5e0ff8`(NEW.`street_line`);
        SET down_0_error = `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
        SET down_1 = `shop`.`bellows_down_1_4c5e0ff8`(NEW.`street_line`);
        SET down_1_error = IF(down_1 IS NULL, `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`), NULL);
        IF NOT (CAST(NEW.`bellows_q_f90d748d_street` AS BINARY) <=> CAST(down_0 AS BINARY)) OR NOT (CAST(NEW.`bellows_q_46036ac2_house_number` AS BINARY) <=> CAST(down_1 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4c5e0ff8`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4c5e0ff8_error`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`), NULL);
          IF NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`bellows_q_f90d748d_street` = COALESCE(down_0, '');
            SET NEW.`bellows_q_46036ac2_house_number` = down_1;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF down_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF down_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
create trigger `bellows_addresses_ai2` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: street, house_number follows
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`);
      IF down_1_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai`;
create trigger `bellows_addresses_ai` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: street, house_number follows
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4c5e0ff8_error`(NEW.`street_line`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'street', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_1_4c5e0ff8_error`(NEW.`street_line`);
      IF down_1_error IS NOT NULL AND (NOT (CAST(NEW.`street_line` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4c5e0ff8`(NEW.`bellows_q_f90d748d_street`, NEW.`bellows_q_46036ac2_house_number`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4c5e0ff8', '20260122100000_merge_street_line', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'house_number', down_1_error) ON DUPLICATE KEY UPDATE code = down_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai2`;

-- 20260122100000_merge_street_line: purge

-- purge.addresses.index.addresses_street_idx: drop index addresses_street_idx
alter table `shop`.`addresses` drop index `addresses_street_idx`, algorithm=inplace, lock=none;

-- purge.addresses.street_line: take the triggers away
lock tables `shop`.`addresses` write;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bi`;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
drop trigger if exists `shop`.`bellows_addresses_bu`;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
drop trigger if exists `shop`.`bellows_addresses_ai`;

-- purge.addresses.street_line.column: drop the hidden old column bellows_q_f90d748d_street
alter table `shop`.`addresses` drop column `bellows_q_f90d748d_street`, algorithm=instant, lock=default;
-- or, where the server refuses that: alter table `shop`.`addresses` drop column `bellows_q_f90d748d_street`, algorithm=inplace, lock=none;

-- purge.addresses.street_line.column-2: drop the hidden old column bellows_q_46036ac2_house_number
alter table `shop`.`addresses` drop column `bellows_q_46036ac2_house_number`, algorithm=instant, lock=default;
-- or, where the server refuses that: alter table `shop`.`addresses` drop column `bellows_q_46036ac2_house_number`, algorithm=inplace, lock=none;

-- purge.addresses.street_line.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_up_0_4c5e0ff8`;
drop function if exists `shop`.`bellows_up_0_4c5e0ff8_error`;
drop function if exists `shop`.`bellows_down_0_4c5e0ff8`;
drop function if exists `shop`.`bellows_down_0_4c5e0ff8_error`;
drop function if exists `shop`.`bellows_down_1_4c5e0ff8`;
drop function if exists `shop`.`bellows_down_1_4c5e0ff8_error`;

-- purge.addresses.street_line.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '4c5e0ff8';
