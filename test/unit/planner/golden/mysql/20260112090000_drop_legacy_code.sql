-- info read-before-write: a transaction that has read customers, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260112090000_drop_legacy_code: expand

-- expand.customers.legacy_code.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_up_0_bc4b8f0e`;
create function `shop`.`bellows_up_0_bc4b8f0e`() returns varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = ('none');
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_0_bc4b8f0e_error`;
create function `shop`.`bellows_up_0_bc4b8f0e_error`() returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = ('none');
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;

-- expand.customers.legacy_code: watch who still writes legacy_code, and fill it for the new version
lock tables `shop`.`customers` write;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bi`;
create trigger `bellows_customers_bi` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    IF NEW.`legacy_code` IS NOT NULL THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('bc4b8f0e', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
    BEGIN
      DECLARE up_0 varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NEW.`legacy_code` IS NULL THEN
        SET up_0 = `shop`.`bellows_up_0_bc4b8f0e`();
        SET NEW.`legacy_code` = up_0;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu2`;
drop trigger if exists `shop`.`bellows_customers_bu`;
create trigger `bellows_customers_bu` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    IF NOT (CAST(NEW.`legacy_code` AS BINARY) <=> CAST(OLD.`legacy_code` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('bc4b8f0e', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_ai2`;
drop trigger if exists `shop`.`bellows_customers_ai`;
create trigger `bellows_customers_ai` after insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_bc4b8f0e_error`();
      IF up_0_error IS NOT NULL AND NEW.`legacy_code` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('bc4b8f0e', '20260112090000_drop_legacy_code', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'legacy_code', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260112090000_drop_legacy_code: backfill (nothing to do)

-- 20260112090000_drop_legacy_code: contract

-- contract.customers.legacy_code.default: give legacy_code a default, so that no INSERT fails once it is hidden
alter table `shop`.`customers` alter column `legacy_code` set default 'none', algorithm=instant, lock=default;

-- contract.customers.legacy_code: hide legacy_code as bellows_q_aee72c58_legacy_code
lock tables `shop`.`customers` write;
drop trigger if exists `shop`.`bellows_customers_bi2`;
create trigger `bellows_customers_bi2` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NEW.`legacy_code` IS NOT NULL THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('bc4b8f0e', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
      BEGIN
        DECLARE up_0 varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NEW.`legacy_code` IS NULL THEN
          SET up_0 = `shop`.`bellows_up_0_bc4b8f0e`();
          SET NEW.`legacy_code` = up_0;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi`;
create trigger `bellows_customers_bi` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NEW.`legacy_code` IS NOT NULL THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('bc4b8f0e', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
      BEGIN
        DECLARE up_0 varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
        IF NEW.`legacy_code` IS NULL THEN
          SET up_0 = `shop`.`bellows_up_0_bc4b8f0e`();
          SET NEW.`legacy_code` = up_0;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bu2`;
create trigger `bellows_customers_bu2` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NOT (CAST(NEW.`legacy_code` AS BINARY) <=> CAST(OLD.`legacy_code` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('bc4b8f0e', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu`;
create trigger `bellows_customers_bu` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NOT (CAST(NEW.`legacy_code` AS BINARY) <=> CAST(OLD.`legacy_code` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('bc4b8f0e', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu2`;
drop trigger if exists `shop`.`bellows_customers_ai2`;
create trigger `bellows_customers_ai2` after insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_bc4b8f0e_error`();
        IF up_0_error IS NOT NULL AND NEW.`legacy_code` IS NULL THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('bc4b8f0e', '20260112090000_drop_legacy_code', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'legacy_code', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_ai`;
create trigger `bellows_customers_ai` after insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_bc4b8f0e_error`();
        IF up_0_error IS NOT NULL AND NEW.`legacy_code` IS NULL THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('bc4b8f0e', '20260112090000_drop_legacy_code', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'legacy_code', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_ai2`;
alter table `shop`.`customers` rename column `legacy_code` to `bellows_q_aee72c58_legacy_code`, algorithm=instant, lock=default;
alter table `shop`.`customers` modify column `bellows_q_aee72c58_legacy_code` varchar(40) not null default 'none' invisible, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_customers_bi2`;
create trigger `bellows_customers_bi2` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE up_0 varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      SET up_0 = `shop`.`bellows_up_0_bc4b8f0e`();
      SET NEW.`bellows_q_aee72c58_legacy_code` = COALESCE(up_0, '');
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi`;
create trigger `bellows_customers_bi` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE up_0 varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      SET up_0 = `shop`.`bellows_up_0_bc4b8f0e`();
      SET NEW.`bellows_q_aee72c58_legacy_code` = COALESCE(up_0, '');
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bu2`;
create trigger `bellows_customers_bu2` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    DO 0;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu`;
create trigger `bellows_customers_bu` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    DO 0;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu2`;
drop trigger if exists `shop`.`bellows_customers_ai2`;
create trigger `bellows_customers_ai2` after insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_bc4b8f0e_error`();
      IF up_0_error IS NOT NULL AND NEW.`bellows_q_aee72c58_legacy_code` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('bc4b8f0e', '20260112090000_drop_legacy_code', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'legacy_code', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_ai`;
create trigger `bellows_customers_ai` after insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- legacy_code
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_bc4b8f0e_error`();
      IF up_0_error IS NOT NULL AND NEW.`bellows_q_aee72c58_legacy_code` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('bc4b8f0e', '20260112090000_drop_legacy_code', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'legacy_code', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_ai2`;

-- 20260112090000_drop_legacy_code: purge

-- purge.customers.legacy_code: take the triggers away
lock tables `shop`.`customers` write;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bi`;
drop trigger if exists `shop`.`bellows_customers_bu2`;
drop trigger if exists `shop`.`bellows_customers_bu`;
drop trigger if exists `shop`.`bellows_customers_ai2`;
drop trigger if exists `shop`.`bellows_customers_ai`;

-- purge.customers.legacy_code.column: drop the hidden old column bellows_q_aee72c58_legacy_code
alter table `shop`.`customers` drop column `bellows_q_aee72c58_legacy_code`, algorithm=instant, lock=default;
-- or, where the server refuses that: alter table `shop`.`customers` drop column `bellows_q_aee72c58_legacy_code`, algorithm=inplace, lock=none;

-- purge.customers.legacy_code.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_up_0_bc4b8f0e`;
drop function if exists `shop`.`bellows_up_0_bc4b8f0e_error`;

-- purge.customers.legacy_code.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = 'bc4b8f0e';
