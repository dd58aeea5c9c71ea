-- info read-before-write: a transaction that has read products, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: contracted

-- 20260107090000_count_more_views: expand

-- expand.products.views.functions: make the functions that convert a value and catch what cannot be converted
drop function if exists `shop`.`bellows_down_0_1595fa4d`;
create function `shop`.`bellows_down_0_1595fa4d`(a0 bigint) returns int deterministic no sql BEGIN
  DECLARE result int;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (a0);
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN result;
END;
drop function if exists `shop`.`bellows_down_0_1595fa4d_error`;
create function `shop`.`bellows_down_0_1595fa4d_error`(a0 bigint) returns varchar(64) character set ascii deterministic no sql BEGIN
  DECLARE result int;
  DECLARE code varchar(64) character set ascii;
  BEGIN
    DECLARE noted varchar(64) character set ascii;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038 BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (a0);
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;
  RETURN code;
END;

-- expand.products.views: add bellows_s_5cb5f5fa_views and the triggers that keep both shapes in sync
lock tables `shop`.`products` write;
alter table `shop`.`products` add column `bellows_s_5cb5f5fa_views` bigint null invisible after `views`, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE stored_0 int;
      IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
      SET up_0 = stored_0;
      SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 int;
      IF NOT (CAST(NEW.`views` AS BINARY) <=> CAST(OLD.`views` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) OR (NEW.`bellows_s_5cb5f5fa_views` IS NULL) THEN
        IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
        SET up_0 = stored_0;
        IF NOT (CAST(NEW.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_1595fa4d`(NEW.`bellows_s_5cb5f5fa_views`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_1595fa4d_error`(NEW.`bellows_s_5cb5f5fa_views`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;

-- 20260107090000_count_more_views: backfill

-- backfill.products.views.fill: fill bellows_s_5cb5f5fa_views for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`products` as t set `t`.`bellows_s_5cb5f5fa_views` = t.`views` where `t`.`id` <= cast(cast(? as char) as signed) and t.`bellows_s_5cb5f5fa_views` IS NULL AND ((NOT (CAST(t.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(t.`views` AS BINARY))) AND (NOT (CAST(t.`views` AS BINARY) <=> CAST(`shop`.`bellows_down_0_1595fa4d`(t.`bellows_s_5cb5f5fa_views`) AS BINARY))));
-- update /* bellows */ `shop`.`products` as t set `t`.`bellows_s_5cb5f5fa_views` = t.`views` where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`bellows_s_5cb5f5fa_views` IS NULL AND ((NOT (CAST(t.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(t.`views` AS BINARY))) AND (NOT (CAST(t.`views` AS BINARY) <=> CAST(`shop`.`bellows_down_0_1595fa4d`(t.`bellows_s_5cb5f5fa_views`) AS BINARY))));

-- backfill.products.views.final: from here on a NULL in the new column is a value
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
create trigger `bellows_products_bi2` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE stored_0 int;
      IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
      SET up_0 = stored_0;
      SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE stored_0 int;
      IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
      SET up_0 = stored_0;
      SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bu2`;
create trigger `bellows_products_bu2` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 int;
      IF NOT (CAST(NEW.`views` AS BINARY) <=> CAST(OLD.`views` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
        SET up_0 = stored_0;
        IF NOT (CAST(NEW.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_1595fa4d`(NEW.`bellows_s_5cb5f5fa_views`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_1595fa4d_error`(NEW.`bellows_s_5cb5f5fa_views`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 int;
      IF NOT (CAST(NEW.`views` AS BINARY) <=> CAST(OLD.`views` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
        SET up_0 = stored_0;
        IF NOT (CAST(NEW.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
          SET down_0 = `shop`.`bellows_down_0_1595fa4d`(NEW.`bellows_s_5cb5f5fa_views`);
          SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_1595fa4d_error`(NEW.`bellows_s_5cb5f5fa_views`), NULL);
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
            SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
          ELSE
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;

-- backfill.products.index.bellows_i_482620dd_products_views_idx: build index bellows_i_482620dd_products_views_idx in place, while others write
alter table `shop`.`products` add index `bellows_i_482620dd_products_views_idx` (`bellows_s_5cb5f5fa_views`), algorithm=inplace, lock=none;

-- backfill.products.views.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(t.`views` AS BINARY))) AND (NOT (CAST(t.`views` AS BINARY) <=> CAST(`shop`.`bellows_down_0_1595fa4d`(t.`bellows_s_5cb5f5fa_views`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`products` as t where `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(t.`views` AS BINARY))) AND (NOT (CAST(t.`views` AS BINARY) <=> CAST(`shop`.`bellows_down_0_1595fa4d`(t.`bellows_s_5cb5f5fa_views`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`products` as t where `t`.`id` <= cast(cast(? as char) as signed);
-- select count(*) as `rows`, coalesce(sum(((NOT (CAST(t.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(t.`views` AS BINARY))) AND (NOT (CAST(t.`views` AS BINARY) <=> CAST(`shop`.`bellows_down_0_1595fa4d`(t.`bellows_s_5cb5f5fa_views`) AS BINARY))))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`products` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and ((NOT (CAST(t.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(t.`views` AS BINARY))) AND (NOT (CAST(t.`views` AS BINARY) <=> CAST(`shop`.`bellows_down_0_1595fa4d`(t.`bellows_s_5cb5f5fa_views`) AS BINARY)))) limit 10) as s) as `keys` from `shop`.`products` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed);

-- 20260107090000_count_more_views: contract

-- contract.products.views.not-null: make bellows_s_5cb5f5fa_views NOT NULL: the table is made anew, while others write
alter table `shop`.`products` modify column `bellows_s_5cb5f5fa_views` bigint not null default 0 invisible, algorithm=inplace, lock=none;

-- contract.products.views: the new column takes over from views, which is hidden and follows
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
create trigger `bellows_products_bi2` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 bigint;
        DECLARE down_0 int;
        DECLARE stored_0 int;
        IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
        SET up_0 = stored_0;
        SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 bigint;
        DECLARE down_0 int;
        DECLARE stored_0 int;
        IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
        SET up_0 = stored_0;
        SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bu2`;
create trigger `bellows_products_bu2` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- views <-> views
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 bigint;
        DECLARE down_0 int;
        DECLARE down_0_error varchar(64) character set ascii;
        DECLARE stored_0 int;
        IF NOT (CAST(NEW.`views` AS BINARY) <=> CAST(OLD.`views` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
          SET up_0 = stored_0;
          IF NOT (CAST(NEW.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_1595fa4d`(NEW.`bellows_s_5cb5f5fa_views`);
            SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_1595fa4d_error`(NEW.`bellows_s_5cb5f5fa_views`), NULL);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
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
    -- views <-> views
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      BEGIN
        DECLARE up_0 bigint;
        DECLARE down_0 int;
        DECLARE down_0_error varchar(64) character set ascii;
        DECLARE stored_0 int;
        IF NOT (CAST(NEW.`views` AS BINARY) <=> CAST(OLD.`views` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
          IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
          SET up_0 = stored_0;
          IF NOT (CAST(NEW.`bellows_s_5cb5f5fa_views` AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET down_0 = `shop`.`bellows_down_0_1595fa4d`(NEW.`bellows_s_5cb5f5fa_views`);
            SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_1595fa4d_error`(NEW.`bellows_s_5cb5f5fa_views`), NULL);
            IF NOT (CAST(stored_0 AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
              SET NEW.`bellows_s_5cb5f5fa_views` = up_0;
            ELSE
              IF down_0_error IS NOT NULL THEN
                INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
              END IF;
            END IF;
          END IF;
        END IF;
      END;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
alter table `shop`.`products` rename column `views` to `bellows_q_5cb5f5fa_views`, rename column `bellows_s_5cb5f5fa_views` to `views`, algorithm=instant, lock=default;
alter table `shop`.`products` modify column `bellows_q_5cb5f5fa_views` int not null default '0' invisible, algorithm=instant, lock=default;
alter table `shop`.`products` modify column `views` bigint not null default '0', algorithm=instant, lock=default;
alter table `shop`.`products` rename index `products_views_idx` to `bellows_q_482620dd_products_views_idx`, algorithm=inplace, lock=none;
alter table `shop`.`products` rename index `bellows_i_482620dd_products_views_idx` to `products_views_idx`, algorithm=inplace, lock=none;
drop trigger if exists `shop`.`bellows_products_bi2`;
create trigger `bellows_products_bi2` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: views follows
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE stored_0 bigint;
      IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
      SET down_0 = `shop`.`bellows_down_0_1595fa4d`(stored_0);
      SET NEW.`bellows_q_5cb5f5fa_views` = COALESCE(down_0, 0);
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi`;
create trigger `bellows_products_bi` before insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: views follows
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE stored_0 bigint;
      IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
      SET down_0 = `shop`.`bellows_down_0_1595fa4d`(stored_0);
      SET NEW.`bellows_q_5cb5f5fa_views` = COALESCE(down_0, 0);
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bu2`;
create trigger `bellows_products_bu2` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: views follows
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 bigint;
      IF NOT (CAST(NEW.`views` AS BINARY) <=> CAST(OLD.`views` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
        SET down_0 = `shop`.`bellows_down_0_1595fa4d`(stored_0);
        SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_1595fa4d_error`(stored_0), NULL);
        IF NOT (CAST(NEW.`bellows_q_5cb5f5fa_views` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = NEW.`bellows_q_5cb5f5fa_views`;
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`bellows_q_5cb5f5fa_views` = COALESCE(down_0, 0);
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu`;
create trigger `bellows_products_bu` before update on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: views follows
    BEGIN
      DECLARE up_0 bigint;
      DECLARE down_0 int;
      DECLARE down_0_error varchar(64) character set ascii;
      DECLARE stored_0 bigint;
      IF NOT (CAST(NEW.`views` AS BINARY) <=> CAST(OLD.`views` AS BINARY)) OR NOT (CAST(NEW.`id` AS BINARY) <=> CAST(OLD.`id` AS BINARY)) THEN
        IF NEW.`views` IS NULL THEN SET stored_0 = 0; ELSE SET stored_0 = NEW.`views`; END IF;
        SET down_0 = `shop`.`bellows_down_0_1595fa4d`(stored_0);
        SET down_0_error = IF(down_0 IS NULL, `shop`.`bellows_down_0_1595fa4d_error`(stored_0), NULL);
        IF NOT (CAST(NEW.`bellows_q_5cb5f5fa_views` AS BINARY) <=> CAST(down_0 AS BINARY)) THEN
          SET up_0 = NEW.`bellows_q_5cb5f5fa_views`;
          IF NOT (CAST(stored_0 AS BINARY) <=> CAST(up_0 AS BINARY)) THEN
            SET NEW.`bellows_q_5cb5f5fa_views` = COALESCE(down_0, 0);
            IF down_0_error IS NOT NULL THEN
              INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
            END IF;
          END IF;
        ELSE
          IF down_0_error IS NOT NULL THEN
            INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
          END IF;
        END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_ai2`;
drop trigger if exists `shop`.`bellows_products_ai`;
create trigger `bellows_products_ai` after insert on `shop`.`products` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: views follows
    BEGIN
      DECLARE down_0_error varchar(64) character set ascii DEFAULT `shop`.`bellows_down_0_1595fa4d_error`(NEW.`views`);
      IF down_0_error IS NOT NULL AND (NOT (CAST(NEW.`views` AS BINARY) <=> CAST(NEW.`bellows_q_5cb5f5fa_views` AS BINARY))) THEN
        INSERT INTO `shop`.`bellows_conversion_failures` (lens, migration, `key`, key_hash, target, code) VALUES ('1595fa4d', '20260107090000_count_more_views', JSON_OBJECT('id', NEW.`id`), SHA2(JSON_OBJECT('id', NEW.`id`), 256), 'views', down_0_error) ON DUPLICATE KEY UPDATE code = down_0_error, at = UTC_TIMESTAMP(6), resolved_at = NULL;
      END IF;
    END;
  END IF;
END;

-- 20260107090000_count_more_views: purge

-- purge.products.index.bellows_q_482620dd_products_views_idx: drop index bellows_q_482620dd_products_views_idx
alter table `shop`.`products` drop index `bellows_q_482620dd_products_views_idx`, algorithm=inplace, lock=none;

-- purge.products.views: take the triggers away
lock tables `shop`.`products` write;
drop trigger if exists `shop`.`bellows_products_bi2`;
drop trigger if exists `shop`.`bellows_products_bi`;
drop trigger if exists `shop`.`bellows_products_bu2`;
drop trigger if exists `shop`.`bellows_products_bu`;
drop trigger if exists `shop`.`bellows_products_ai2`;
drop trigger if exists `shop`.`bellows_products_ai`;

-- purge.products.views.column: drop the hidden old column bellows_q_5cb5f5fa_views
alter table `shop`.`products` drop column `bellows_q_5cb5f5fa_views`, algorithm=instant, lock=default;
-- or, where the server refuses that: alter table `shop`.`products` drop column `bellows_q_5cb5f5fa_views`, algorithm=inplace, lock=none;

-- purge.products.views.functions: drop the functions that converted values
drop function if exists `shop`.`bellows_down_0_1595fa4d`;
drop function if exists `shop`.`bellows_down_0_1595fa4d_error`;

-- purge.products.views.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '1595fa4d';
