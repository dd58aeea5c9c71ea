-- warn column-visible: the statements of neither version are known, so shop.orders.public_id is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260110090000_add_public_id: expand

-- expand.orders.public_id.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_up_0_8fa59214`;
create function `shop`.`bellows_up_0_8fa59214`() returns char(36) character set utf8mb4 collate utf8mb4_0900_ai_ci not deterministic no sql BEGIN
  DECLARE result char(36) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = ((uuid()));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_0_8fa59214_error`;
create function `shop`.`bellows_up_0_8fa59214_error`() returns varchar(64) character set ascii not deterministic no sql BEGIN
  DECLARE result char(36) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = ((uuid()));
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;

-- expand.orders.public_id: add public_id and the triggers that keep both shapes in sync
lock tables `shop`.`orders` write;
alter table `shop`.`orders` add column `public_id` char(36) null invisible, algorithm=instant, lock=default;
alter table `shop`.`orders` alter column `public_id` set default ((uuid())), algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_orders_bi2`;
drop trigger if exists `shop`.`bellows_orders_bi`;
create trigger `bellows_orders_bi` before insert on `shop`.`orders` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- public_id
    IF FALSE THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8fa59214', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
    BEGIN
      DECLARE up_0 char(36) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NEW.`public_id` IS NULL THEN
        SET up_0 = `shop`.`bellows_up_0_8fa59214`();
        SET NEW.`public_id` = up_0;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_orders_bu2`;
drop trigger if exists `shop`.`bellows_orders_bu`;
create trigger `bellows_orders_bu` before update on `shop`.`orders` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- public_id
    IF NOT (CAST(NEW.`public_id` AS BINARY) <=> CAST(OLD.`public_id` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('8fa59214', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
    END IF;
    BEGIN
      DECLARE up_0 char(36) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      IF NEW.`public_id` IS NULL AND OLD.`public_id` IS NULL THEN
        SET up_0 = `shop`.`bellows_up_0_8fa59214`();
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_8fa59214_error`(), NULL);
        SET NEW.`public_id` = up_0;
        IF up_0_error IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('8fa59214', '20260110090000_add_public_id', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'public_id', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_orders_ai2`;
drop trigger if exists `shop`.`bellows_orders_ai`;
create trigger `bellows_orders_ai` after insert on `shop`.`orders` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- public_id
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_8fa59214_error`();
      IF up_0_error IS NOT NULL AND NEW.`public_id` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('8fa59214', '20260110090000_add_public_id', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'public_id', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260110090000_add_public_id: backfill

-- backfill.orders.public_id.fill: fill public_id where it is NULL, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`orders` as t set `t`.`public_id` = `shop`.`bellows_up_0_8fa59214`() where `t`.`id` <= cast(cast(? as char) as signed) and t.`public_id` IS NULL;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '8fa59214', '20260110090000_add_public_id', f.k, sha2(f.k, 256), 'public_id', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_8fa59214_error`() as code from `shop`.`orders` as t where `t`.`id` <= cast(cast(? as char) as signed) and `t`.`public_id` is null and `shop`.`bellows_up_0_8fa59214_error`() is not null and t.`public_id` IS NULL) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- update /* bellows */ `shop`.`orders` as t set `t`.`public_id` = `shop`.`bellows_up_0_8fa59214`() where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`public_id` IS NULL;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '8fa59214', '20260110090000_add_public_id', f.k, sha2(f.k, 256), 'public_id', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_8fa59214_error`() as code from `shop`.`orders` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and `t`.`public_id` is null and `shop`.`bellows_up_0_8fa59214_error`() is not null and t.`public_id` IS NULL) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;

-- backfill.orders.public_id.final: the triggers go: from here on a NULL in the new column is a value
lock tables `shop`.`orders` write;
drop trigger if exists `shop`.`bellows_orders_bi2`;
drop trigger if exists `shop`.`bellows_orders_bi`;
drop trigger if exists `shop`.`bellows_orders_bu2`;
drop trigger if exists `shop`.`bellows_orders_bu`;
drop trigger if exists `shop`.`bellows_orders_ai2`;
drop trigger if exists `shop`.`bellows_orders_ai`;

-- backfill.orders.public_id.visible: show public_id to statements that do not list their columns
alter table `shop`.`orders` modify column `public_id` char(36) null default ((uuid())), algorithm=instant, lock=default;

-- 20260110090000_add_public_id: contract

-- contract.orders.public_id.not-null: make public_id NOT NULL: the table is made anew, while others write
alter table `shop`.`orders` modify column `public_id` char(36) not null default ((uuid())), algorithm=inplace, lock=none;

-- 20260110090000_add_public_id: purge

-- purge.orders.public_id.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_up_0_8fa59214`;
drop function if exists `shop`.`bellows_up_0_8fa59214_error`;

-- purge.orders.public_id.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '8fa59214';
