-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260113090000_require_status: expand

-- expand.orders.status.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_up_0_94a2e3ab`;
create function `shop`.`bellows_up_0_94a2e3ab`() returns varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci deterministic no sql BEGIN
  DECLARE result varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = ('new');
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_up_0_94a2e3ab_error`;
create function `shop`.`bellows_up_0_94a2e3ab_error`() returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = ('new');
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;

-- expand.orders.status: store a NULL written to status as its replacement
lock tables `shop`.`orders` write;
drop trigger if exists `shop`.`bellows_orders_bi2`;
drop trigger if exists `shop`.`bellows_orders_bi`;
create trigger `bellows_orders_bi` before insert on `shop`.`orders` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- status
    BEGIN
      DECLARE up_0 varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      IF NEW.`status` IS NULL THEN
        SET up_0 = `shop`.`bellows_up_0_94a2e3ab`();
        SET NEW.`status` = up_0;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_orders_bu2`;
drop trigger if exists `shop`.`bellows_orders_bu`;
create trigger `bellows_orders_bu` before update on `shop`.`orders` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- status
    BEGIN
      DECLARE up_0 varchar(40) character set utf8mb4 collate utf8mb4_0900_ai_ci;
      DECLARE up_0_error varchar(64) character set ascii;
      IF NEW.`status` IS NULL THEN
        SET up_0 = `shop`.`bellows_up_0_94a2e3ab`();
        SET up_0_error = IF(up_0 IS NULL, `shop`.`bellows_up_0_94a2e3ab_error`(), NULL);
        SET NEW.`status` = up_0;
        IF up_0_error IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('94a2e3ab', '20260113090000_require_status', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'status', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_orders_ai2`;
drop trigger if exists `shop`.`bellows_orders_ai`;
create trigger `bellows_orders_ai` after insert on `shop`.`orders` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- status
    BEGIN
      DECLARE up_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_up_0_94a2e3ab_error`();
      IF up_0_error IS NOT NULL AND NEW.`status` IS NULL THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('94a2e3ab', '20260113090000_require_status', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'status', up_0_error) ON DUPLICATE KEY UPDATE code = up_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260113090000_require_status: backfill

-- backfill.orders.status.fill: fill status where it is NULL, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`orders` as t set `t`.`status` = `shop`.`bellows_up_0_94a2e3ab`() where `t`.`id` <= cast(cast(? as char) as signed) and t.`status` IS NULL;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '94a2e3ab', '20260113090000_require_status', f.k, sha2(f.k, 256), 'status', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_94a2e3ab_error`() as code from `shop`.`orders` as t where `t`.`id` <= cast(cast(? as char) as signed) and `t`.`status` is null and `shop`.`bellows_up_0_94a2e3ab_error`() is not null and t.`status` IS NULL) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;
-- update /* bellows */ `shop`.`orders` as t set `t`.`status` = `shop`.`bellows_up_0_94a2e3ab`() where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`status` IS NULL;
-- insert into `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) select '94a2e3ab', '20260113090000_require_status', f.k, sha2(f.k, 256), 'status', f.code from (select JSON_OBJECT('id', t.`id`) as k, `shop`.`bellows_up_0_94a2e3ab_error`() as code from `shop`.`orders` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and `t`.`status` is null and `shop`.`bellows_up_0_94a2e3ab_error`() is not null and t.`status` IS NULL) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null;

-- backfill.orders.status.verify: count the NULLs that are left in status
-- repeated over key ranges; $n are the bounds of the range
-- select count(*) as `rows`, coalesce(sum(t.`status` IS NULL), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`orders` as t where `t`.`id` <= cast(cast(? as char) as signed) and t.`status` IS NULL limit 10) as s) as `keys` from `shop`.`orders` as t where `t`.`id` <= cast(cast(? as char) as signed);
-- select count(*) as `rows`, coalesce(sum(t.`status` IS NULL), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`orders` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`status` IS NULL limit 10) as s) as `keys` from `shop`.`orders` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed);

-- 20260113090000_require_status: contract

-- contract.orders.status.not-null: make status NOT NULL: the table is made anew, while others write
alter table `shop`.`orders` modify column `status` varchar(40) not null, algorithm=inplace, lock=none;

-- contract.orders.status.release: the triggers go
lock tables `shop`.`orders` write;
drop trigger if exists `shop`.`bellows_orders_bi2`;
drop trigger if exists `shop`.`bellows_orders_bi`;
drop trigger if exists `shop`.`bellows_orders_bu2`;
drop trigger if exists `shop`.`bellows_orders_bu`;
drop trigger if exists `shop`.`bellows_orders_ai2`;
drop trigger if exists `shop`.`bellows_orders_ai`;

-- 20260113090000_require_status: purge

-- purge.orders.status.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_up_0_94a2e3ab`;
drop function if exists `shop`.`bellows_up_0_94a2e3ab_error`;

-- purge.orders.status.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '94a2e3ab';
