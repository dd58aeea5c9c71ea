-- warn column-visible: the statements of neither version are known, so shop.addresses.first_name is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- warn column-visible: the statements of neither version are known, so shop.addresses.last_name is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read addresses, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260122090000_split_recipient: expand

-- expand.addresses.first_name+last_name.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_up_0_4213a48f`;
create function `shop`.`bellows_up_0_4213a48f`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (substring_index(a0, ' ', 1));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_0_4213a48f_error`;
create function `shop`.`bellows_up_0_4213a48f_error`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (substring_index(a0, ' ', 1));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;
drop function if exists `shop`.`bellows_up_1_4213a48f`;
create function `shop`.`bellows_up_1_4213a48f`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (substr(a0, locate(' ', concat(a0, ' ')) + 1));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_1_4213a48f_error`;
create function `shop`.`bellows_up_1_4213a48f_error`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (substr(a0, locate(' ', concat(a0, ' ')) + 1));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;
drop function if exists `shop`.`bellows_down_0_4213a48f`;
create function `shop`.`bellows_down_0_4213a48f`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci, a1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
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
  IF code IS NOT NULL THEN
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (left(concat_ws(' ', a0, a1), 200));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  END IF;
  RETURN result;
END;
drop function if exists `shop`.`bellows_down_0_4213a48f_error`;
create function `shop`.`bellows_down_0_4213a48f_error`(a0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci, a1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
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

-- expand.addresses.first_name+last_name: add first_name, last_name and the triggers that keep both shapes in sync
lock tables `shop`.`addresses` write;
alter table `shop`.`addresses` add column `first_name` varchar(200) null invisible after `recipient`, algorithm=instant, lock=default;
alter table `shop`.`addresses` add column `last_name` varchar(200) null invisible after `first_name`, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bi`;
create trigger `bellows_addresses_bi` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (NEW.`first_name` IS NULL AND NEW.`last_name` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        IF NEW.`recipient` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          IF NEW.`recipient` IS NULL OR NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`recipient` = down_0;
          END IF;
        END IF;
        IF NEW.`recipient` IS NULL THEN
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET NEW.`first_name` = up_0;
          SET NEW.`last_name` = up_1;
        END IF;
      ELSE
        IF NEW.`recipient` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
        SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1_error varchar(64) character set ascii;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(OLD.`first_name` AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(OLD.`last_name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF OLD.`first_name` IS NULL AND OLD.`last_name` IS NULL THEN
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          IF NEW.`first_name` IS NULL THEN SET NEW.`first_name` = up_0; END IF;
          IF NEW.`last_name` IS NULL THEN SET NEW.`last_name` = up_1; END IF;
        END IF;
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
        IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`recipient` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
        IF NEW.`recipient` IS NULL THEN
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          SET NEW.`first_name` = up_0;
          SET NEW.`last_name` = up_1;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) OR (NEW.`first_name` IS NULL AND NEW.`last_name` IS NULL) THEN
        IF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
        SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
        SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4213a48f_error`(NEW.`recipient`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE up_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_1_4213a48f_error`(NEW.`recipient`);
      IF up_1_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(NEW.`recipient`) AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(NEW.`recipient`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260122090000_split_recipient: backfill

-- backfill.addresses.first_name+last_name.fill: fill first_name, last_name for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`addresses` as t set `t`.`first_name` = `shop`.`bellows_up_0_4213a48f`(t.`recipient`), `t`.`last_name` = `shop`.`bellows_up_1_4213a48f`(t.`recipient`) where `t`.`id` <= cast(cast(? as char) as signed) and t.`first_name` IS NULL AND t.`last_name` IS NULL AND ((NOT (CAST(t.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(t.`recipient`) AS BINARY)) OR NOT (CAST(t.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(t.`recipient`) AS BINARY))) AND (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY))));
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '4213a48f', '20260122090000_split_recipient', f.k, sha2(f.k, 256), 'first_name', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_4213a48f_error`(t.`recipient`) as code from `shop`.`addresses` as t where `t`.`id` <= cast(cast(? as char) as signed) and `t`.`first_name` is null and `shop`.`bellows_up_0_4213a48f_error`(t.`recipient`) is not null and (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '4213a48f', '20260122090000_split_recipient', f.k, sha2(f.k, 256), 'last_name', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_1_4213a48f_error`(t.`recipient`) as code from `shop`.`addresses` as t where `t`.`id` <= cast(cast(? as char) as signed) and `t`.`last_name` is null and `shop`.`bellows_up_1_4213a48f_error`(t.`recipient`) is not null and (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- update /* bellows */ `shop`.`addresses` as t set `t`.`first_name` = `shop`.`bellows_up_0_4213a48f`(t.`recipient`), `t`.`last_name` = `shop`.`bellows_up_1_4213a48f`(t.`recipient`) where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`first_name` IS NULL AND t.`last_name` IS NULL AND ((NOT (CAST(t.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(t.`recipient`) AS BINARY)) OR NOT (CAST(t.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(t.`recipient`) AS BINARY))) AND (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY))));
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '4213a48f', '20260122090000_split_recipient', f.k, sha2(f.k, 256), 'first_name', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_4213a48f_error`(t.`recipient`) as code from `shop`.`addresses` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and `t`.`first_name` is null and `shop`.`bellows_up_0_4213a48f_error`(t.`recipient`) is not null and (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '4213a48f', '20260122090000_split_recipient', f.k, sha2(f.k, 256), 'last_name', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_1_4213a48f_error`(t.`recipient`) as code from `shop`.`addresses` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and `t`.`last_name` is null and `shop`.`bellows_up_1_4213a48f_error`(t.`recipient`) is not null and (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY)))) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;

-- backfill.addresses.first_name+last_name.final: from here on a NULL in first_name, last_name is a value
lock tables `shop`.`addresses` write;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
create trigger `bellows_addresses_bi2` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (NEW.`first_name` IS NULL AND NEW.`last_name` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        IF NEW.`recipient` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          IF NEW.`recipient` IS NULL OR NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`recipient` = down_0;
          END IF;
        END IF;
        IF NEW.`recipient` IS NULL THEN
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET NEW.`first_name` = up_0;
          SET NEW.`last_name` = up_1;
        END IF;
      ELSE
        IF NEW.`recipient` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
        SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi`;
create trigger `bellows_addresses_bi` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (NEW.`first_name` IS NULL AND NEW.`last_name` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        IF NEW.`recipient` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          IF NEW.`recipient` IS NULL OR NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`recipient` = down_0;
          END IF;
        END IF;
        IF NEW.`recipient` IS NULL THEN
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET NEW.`first_name` = up_0;
          SET NEW.`last_name` = up_1;
        END IF;
      ELSE
        IF NEW.`recipient` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
        SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1_error varchar(64) character set ascii;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(OLD.`first_name` AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(OLD.`last_name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
        IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`recipient` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
        IF NEW.`recipient` IS NULL THEN
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          SET NEW.`first_name` = up_0;
          SET NEW.`last_name` = up_1;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
        SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
        SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu`;
create trigger `bellows_addresses_bu` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1_error varchar(64) character set ascii;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(OLD.`first_name` AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(OLD.`last_name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
        IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`recipient` = down_0;
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
        IF NEW.`recipient` IS NULL THEN
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          SET NEW.`first_name` = up_0;
          SET NEW.`last_name` = up_1;
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
        SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
        SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
        SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF up_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
          IF up_1_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4213a48f_error`(NEW.`recipient`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE up_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_1_4213a48f_error`(NEW.`recipient`);
      IF up_1_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(NEW.`recipient`) AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(NEW.`recipient`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai`;
create trigger `bellows_addresses_ai` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4213a48f_error`(NEW.`recipient`);
      IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE up_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_1_4213a48f_error`(NEW.`recipient`);
      IF up_1_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(NEW.`recipient`) AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(NEW.`recipient`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai2`;

-- backfill.addresses.first_name.visible: show first_name to statements that do not list their columns
alter table `shop`.`addresses` modify column `first_name` varchar(200) null, algorithm=instant, lock=default;

-- backfill.addresses.last_name.visible: show last_name to statements that do not list their columns
alter table `shop`.`addresses` modify column `last_name` varchar(200) null, algorithm=instant, lock=default;

-- backfill.addresses.first_name+last_name.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(t.`recipient`) AS BINARY)) OR NOT (CAST(t.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(t.`recipient`) AS BINARY))) AND (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`addresses` as t where `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(t.`recipient`) AS BINARY)) OR NOT (CAST(t.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(t.`recipient`) AS BINARY))) AND (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`addresses` as t where `t`.`id` <= cast(cast(? as char) as signed);
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(t.`recipient`) AS BINARY)) OR NOT (CAST(t.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(t.`recipient`) AS BINARY))) AND (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`addresses` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(t.`recipient`) AS BINARY)) OR NOT (CAST(t.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(t.`recipient`) AS BINARY))) AND (NOT (CAST(t.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(t.`first_name`, t.`last_name`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`addresses` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed);

-- 20260122090000_split_recipient: contract

-- contract.addresses.recipient.default: give recipient a default, so that no INSERT fails once it is hidden
alter table `shop`.`addresses` alter column `recipient` set default '', algorithm=instant, lock=default;

-- contract.addresses.recipient: hide recipient as bellows_q_f0c6ca2f_recipient
lock tables `shop`.`addresses` write;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
create trigger `bellows_addresses_bi2` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (NEW.`first_name` IS NULL AND NEW.`last_name` IS NULL) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          IF NEW.`recipient` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            IF NEW.`recipient` IS NULL OR NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
              SET NEW.`recipient` = down_0;
            END IF;
          END IF;
          IF NEW.`recipient` IS NULL THEN
            IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
          END IF;
        ELSE
          IF NEW.`recipient` IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`first_name` = up_0;
              SET NEW.`last_name` = up_1;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (NEW.`first_name` IS NULL AND NEW.`last_name` IS NULL) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          IF NEW.`recipient` IS NULL OR NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            IF NEW.`recipient` IS NULL OR NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
              SET NEW.`recipient` = down_0;
            END IF;
          END IF;
          IF NEW.`recipient` IS NULL THEN
            IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
          END IF;
        ELSE
          IF NEW.`recipient` IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`first_name` = up_0;
              SET NEW.`last_name` = up_1;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_0_error varchar(64) character set ascii;
        DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_1_error varchar(64) character set ascii;
        DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0_error varchar(64) character set ascii;
        DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(OLD.`first_name` AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(OLD.`last_name` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
            IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
              SET NEW.`recipient` = down_0;
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF up_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
          IF NEW.`recipient` IS NULL THEN
            IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSEIF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
            SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`first_name` = up_0;
              SET NEW.`last_name` = up_1;
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF up_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_0_error varchar(64) character set ascii;
        DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE up_1_error varchar(64) character set ascii;
        DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        DECLARE down_0_error varchar(64) character set ascii;
        DECLARE stored_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(OLD.`first_name` AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(OLD.`last_name` AS BINARY)) THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
          SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
            IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
              SET NEW.`recipient` = down_0;
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF up_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
          IF NEW.`recipient` IS NULL THEN
            IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
            SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
            SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
            SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
            SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
            SET NEW.`first_name` = up_0;
            SET NEW.`last_name` = up_1;
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSEIF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(OLD.`recipient` AS BINARY)) THEN
            INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('4213a48f', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
          END IF;
          IF NEW.`recipient` IS NULL THEN SET stored_0 = ''; ELSE SET stored_0 = NEW.`recipient`; END IF;
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(stored_0);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(stored_0), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(stored_0);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(stored_0), NULL);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
            SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`first_name` = up_0;
              SET NEW.`last_name` = up_1;
              IF up_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
              IF up_1_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          ELSE
            IF up_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
            IF up_1_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
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
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4213a48f_error`(NEW.`recipient`);
        IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE up_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_1_4213a48f_error`(NEW.`recipient`);
        IF up_1_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
        IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(NEW.`recipient`) AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(NEW.`recipient`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai`;
create trigger `bellows_addresses_ai` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- recipient <-> first_name, last_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_4213a48f_error`(NEW.`recipient`);
        IF up_0_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'first_name', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE up_1_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_1_4213a48f_error`(NEW.`recipient`);
        IF up_1_error IS NOT NULL AND (NOT (CAST(NEW.`recipient` AS BINARY) <=> CAST(`shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'last_name', up_1_error) ON DUPLICATE KEY UPDATE code = up_1_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
      BEGIN
        DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
        IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(NEW.`recipient`) AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(NEW.`recipient`) AS BINARY))) THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
alter table `shop`.`addresses` rename column `recipient` to `bellows_q_f0c6ca2f_recipient`, algorithm=instant, lock=default;
alter table `shop`.`addresses` modify column `bellows_q_f0c6ca2f_recipient` varchar(200) not null default '' invisible, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
create trigger `bellows_addresses_bi2` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: recipient follows
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
      SET NEW.`bellows_q_f0c6ca2f_recipient` = COALESCE(down_0, '');
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi`;
create trigger `bellows_addresses_bi` before insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: recipient follows
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
      SET NEW.`bellows_q_f0c6ca2f_recipient` = COALESCE(down_0, '');
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
create trigger `bellows_addresses_bu2` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: recipient follows
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1_error varchar(64) character set ascii;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(OLD.`first_name` AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(OLD.`last_name` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
        IF NOT (CAST(NEW.`bellows_q_f0c6ca2f_recipient` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(NEW.`bellows_q_f0c6ca2f_recipient`), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(NEW.`bellows_q_f0c6ca2f_recipient`), NULL);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`bellows_q_f0c6ca2f_recipient` = COALESCE(down_0, '');
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_bu`;
create trigger `bellows_addresses_bu` before update on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: recipient follows
    BEGIN
      DECLARE up_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      DECLARE up_1 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_1_error varchar(64) character set ascii;
      DECLARE down_0 varchar(200) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE down_0_error varchar(64) character set ascii;
      IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(OLD.`first_name` AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(OLD.`last_name` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        SET down_0 = `shop`.`bellows_down_0_4213a48f`(NEW.`first_name`, NEW.`last_name`);
        SET down_0_error = `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
        IF NOT (CAST(NEW.`bellows_q_f0c6ca2f_recipient` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = `shop`.`bellows_up_0_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`);
          SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_4213a48f_error`(NEW.`bellows_q_f0c6ca2f_recipient`), NULL);
          SET up_1 = `shop`.`bellows_up_1_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`);
          SET up_1_error = IF(up_1 IS NULL, `shop`.`bellows_up_1_4213a48f_error`(NEW.`bellows_q_f0c6ca2f_recipient`), NULL);
          IF NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(up_0 AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(up_1 AS BINARY)) THEN
            SET NEW.`bellows_q_f0c6ca2f_recipient` = COALESCE(down_0, '');
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
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
    -- quarantine: recipient follows
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`) AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai`;
create trigger `bellows_addresses_ai` after insert on `shop`.`addresses` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: recipient follows
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_4213a48f_error`(NEW.`first_name`, NEW.`last_name`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`first_name` AS BINARY) <=> CAST(`shop`.`bellows_up_0_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`) AS BINARY)) OR NOT (CAST(NEW.`last_name` AS BINARY) <=> CAST(`shop`.`bellows_up_1_4213a48f`(NEW.`bellows_q_f0c6ca2f_recipient`) AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('4213a48f', '20260122090000_split_recipient', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'recipient', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_addresses_ai2`;

-- 20260122090000_split_recipient: purge

-- purge.addresses.first_name+last_name: take the triggers away
lock tables `shop`.`addresses` write;
drop trigger if exists `shop`.`bellows_addresses_bi2`;
drop trigger if exists `shop`.`bellows_addresses_bi`;
drop trigger if exists `shop`.`bellows_addresses_bu2`;
drop trigger if exists `shop`.`bellows_addresses_bu`;
drop trigger if exists `shop`.`bellows_addresses_ai2`;
drop trigger if exists `shop`.`bellows_addresses_ai`;

-- purge.addresses.first_name+last_name.column: drop the hidden old column bellows_q_f0c6ca2f_recipient
alter table `shop`.`addresses` drop column `bellows_q_f0c6ca2f_recipient`, algorithm=instant, lock=default;
-- or, where the server refuses that: alter table `shop`.`addresses` drop column `bellows_q_f0c6ca2f_recipient`, algorithm=inplace, lock=none;

-- purge.addresses.first_name+last_name.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_up_0_4213a48f`;
drop function if exists `shop`.`bellows_up_0_4213a48f_error`;
drop function if exists `shop`.`bellows_up_1_4213a48f`;
drop function if exists `shop`.`bellows_up_1_4213a48f_error`;
drop function if exists `shop`.`bellows_down_0_4213a48f`;
drop function if exists `shop`.`bellows_down_0_4213a48f_error`;

-- purge.addresses.first_name+last_name.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '4213a48f';
