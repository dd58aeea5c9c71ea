-- warn column-visible: the statements of neither version are known, so shop.customers.full_name is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column
-- info read-before-write: a transaction that has read customers, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: backfilled

-- 20260105090000_rename_customer_name: expand

-- expand.customers.full_name: add full_name and the triggers that keep both shapes in sync
lock tables `shop`.`customers` write;
alter table `shop`.`customers` add column `full_name` varchar(100) null invisible comment 'As it is printed on the parcel' after `name`, algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bi`;
create trigger `bellows_customers_bi` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    IF NOT (NEW.`full_name` IS NULL) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      SET NEW.`name` = NEW.`full_name`;
    ELSE
      IF NEW.`name` IS NOT NULL THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
      IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu2`;
drop trigger if exists `shop`.`bellows_customers_bu`;
create trigger `bellows_customers_bu` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    IF NOT (CAST(NEW.`full_name` AS BINARY) <=> CAST(OLD.`full_name` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      SET NEW.`name` = NEW.`full_name`;
      IF NEW.`full_name` IS NULL THEN
        IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
      END IF;
    ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) OR (NEW.`full_name` IS NULL) THEN
      IF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
      IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
    END IF;
  END IF;
END;

-- 20260105090000_rename_customer_name: backfill

-- backfill.customers.full_name.fill: fill full_name for the rows that are there, in batches
-- repeated over key ranges; $n are the bounds of the range
-- update /* bellows */ `shop`.`customers` as t set `t`.`full_name` = t.`name` where `t`.`id` <= cast(cast(? as char) as signed) and t.`full_name` IS NULL AND (t.`name` IS NOT NULL);
-- update /* bellows */ `shop`.`customers` as t set `t`.`full_name` = t.`name` where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and t.`full_name` IS NULL AND (t.`name` IS NOT NULL);

-- backfill.customers.full_name.final: from here on a NULL in the new column is a value
lock tables `shop`.`customers` write;
drop trigger if exists `shop`.`bellows_customers_bi2`;
create trigger `bellows_customers_bi2` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    IF NOT (NEW.`full_name` IS NULL) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      SET NEW.`name` = NEW.`full_name`;
    ELSE
      IF NEW.`name` IS NOT NULL THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
      IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi`;
create trigger `bellows_customers_bi` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    IF NOT (NEW.`full_name` IS NULL) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      SET NEW.`name` = NEW.`full_name`;
    ELSE
      IF NEW.`name` IS NOT NULL THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      END IF;
      IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bu2`;
create trigger `bellows_customers_bu2` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    IF NOT (CAST(NEW.`full_name` AS BINARY) <=> CAST(OLD.`full_name` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      SET NEW.`name` = NEW.`full_name`;
      IF NEW.`full_name` IS NULL THEN
        IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
      END IF;
    ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu`;
create trigger `bellows_customers_bu` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    IF NOT (CAST(NEW.`full_name` AS BINARY) <=> CAST(OLD.`full_name` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      SET NEW.`name` = NEW.`full_name`;
      IF NEW.`full_name` IS NULL THEN
        IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
      END IF;
    ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
      INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
      IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu2`;

-- backfill.customers.index.bellows_i_bf870033_customers_name_idx: build index bellows_i_bf870033_customers_name_idx in place, while others write
alter table `shop`.`customers` add index `bellows_i_bf870033_customers_name_idx` (`full_name`), algorithm=inplace, lock=none;

-- backfill.customers.full_name.visible: show full_name to statements that do not list their columns
alter table `shop`.`customers` modify column `full_name` varchar(100) null comment 'As it is printed on the parcel', algorithm=instant, lock=default;

-- backfill.customers.full_name.verify: compare old and new shape byte by byte
-- repeated over key ranges; $n are the bounds of the range
-- select count(*) as `rows`, coalesce(sum((NOT (CAST(t.`full_name` AS BINARY) <=> CAST(t.`name` AS BINARY)))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`customers` as t where `t`.`id` <= cast(cast(? as char) as signed) and (NOT (CAST(t.`full_name` AS BINARY) <=> CAST(t.`name` AS BINARY))) limit 10) as s) as `keys` from `shop`.`customers` as t where `t`.`id` <= cast(cast(? as char) as signed);
-- select count(*) as `rows`, coalesce(sum((NOT (CAST(t.`full_name` AS BINARY) <=> CAST(t.`name` AS BINARY)))), 0) + 0e0 as mismatches, (select json_arrayagg(s.k) from (select JSON_OBJECT('id', t.`id`) as k from `shop`.`customers` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed) and (NOT (CAST(t.`full_name` AS BINARY) <=> CAST(t.`name` AS BINARY))) limit 10) as s) as `keys` from `shop`.`customers` as t where `t`.`id` > cast(cast(? as char) as signed) and `t`.`id` <= cast(cast(? as char) as signed);

-- 20260105090000_rename_customer_name: contract

-- contract.customers.full_name.default: give name a default for as long as the exchange takes, so that no INSERT fails if that is cut off
alter table `shop`.`customers` alter column `name` set default '', algorithm=instant, lock=default;

-- contract.customers.full_name: exchange the names: name becomes full_name, its copy becomes the hidden old shape
lock tables `shop`.`customers` write;
drop trigger if exists `shop`.`bellows_customers_bi2`;
create trigger `bellows_customers_bi2` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NOT (NEW.`full_name` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET NEW.`name` = NEW.`full_name`;
      ELSE
        IF NEW.`name` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi`;
create trigger `bellows_customers_bi` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NOT (NEW.`full_name` IS NULL) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET NEW.`name` = NEW.`full_name`;
      ELSE
        IF NEW.`name` IS NOT NULL THEN
          INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        END IF;
        IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bu2`;
create trigger `bellows_customers_bu2` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NOT (CAST(NEW.`full_name` AS BINARY) <=> CAST(OLD.`full_name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET NEW.`name` = NEW.`full_name`;
        IF NEW.`full_name` IS NULL THEN
          IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu`;
create trigger `bellows_customers_bu` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- name <-> full_name
    BEGIN
      DECLARE EXIT HANDLER FOR 1054 BEGIN END;
      IF NOT (CAST(NEW.`full_name` AS BINARY) <=> CAST(OLD.`full_name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'new', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        SET NEW.`name` = NEW.`full_name`;
        IF NEW.`full_name` IS NULL THEN
          IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
        END IF;
      ELSEIF NOT (CAST(NEW.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)) THEN
        INSERT INTO `shop`.`bellows_writes` (lens, side, second, connection_id) VALUES ('9aa4528a', 'old', UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();
        IF NEW.`name` IS NULL THEN SET NEW.`full_name` = ''; ELSE SET NEW.`full_name` = NEW.`name`; END IF;
      END IF;
    END;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu2`;
alter table `shop`.`customers` rename column `full_name` to `bellows_q_7b1b564d_name`, rename column `name` to `full_name`, algorithm=instant, lock=default;
alter table `shop`.`customers` modify column `bellows_q_7b1b564d_name` varchar(100) null invisible comment 'As it is printed on the parcel', algorithm=instant, lock=default;
drop trigger if exists `shop`.`bellows_customers_bi2`;
create trigger `bellows_customers_bi2` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: name follows
    IF NEW.`full_name` IS NULL THEN SET NEW.`bellows_q_7b1b564d_name` = ''; ELSE SET NEW.`bellows_q_7b1b564d_name` = NEW.`full_name`; END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi`;
create trigger `bellows_customers_bi` before insert on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: name follows
    IF NEW.`full_name` IS NULL THEN SET NEW.`bellows_q_7b1b564d_name` = ''; ELSE SET NEW.`bellows_q_7b1b564d_name` = NEW.`full_name`; END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bu2`;
create trigger `bellows_customers_bu2` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: name follows
    IF NOT (CAST(NEW.`full_name` AS BINARY) <=> CAST(OLD.`full_name` AS BINARY)) THEN
      IF NEW.`full_name` IS NULL THEN SET NEW.`bellows_q_7b1b564d_name` = ''; ELSE SET NEW.`bellows_q_7b1b564d_name` = NEW.`full_name`; END IF;
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu`;
create trigger `bellows_customers_bu` before update on `shop`.`customers` for each row BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
    -- quarantine: name follows
    IF NOT (CAST(NEW.`full_name` AS BINARY) <=> CAST(OLD.`full_name` AS BINARY)) THEN
      IF NEW.`full_name` IS NULL THEN SET NEW.`bellows_q_7b1b564d_name` = ''; ELSE SET NEW.`bellows_q_7b1b564d_name` = NEW.`full_name`; END IF;
    END IF;
  END IF;
END;
drop trigger if exists `shop`.`bellows_customers_bu2`;
alter table `shop`.`customers` alter column `full_name` drop default, algorithm=instant, lock=default;

-- 20260105090000_rename_customer_name: purge

-- purge.customers.index.bellows_i_bf870033_customers_name_idx: drop index bellows_i_bf870033_customers_name_idx
alter table `shop`.`customers` drop index `bellows_i_bf870033_customers_name_idx`, algorithm=inplace, lock=none;

-- purge.customers.name: take the triggers away
lock tables `shop`.`customers` write;
drop trigger if exists `shop`.`bellows_customers_bi2`;
drop trigger if exists `shop`.`bellows_customers_bi`;
drop trigger if exists `shop`.`bellows_customers_bu2`;
drop trigger if exists `shop`.`bellows_customers_bu`;

-- purge.customers.name.column: drop the hidden old column bellows_q_7b1b564d_name
alter table `shop`.`customers` drop column `bellows_q_7b1b564d_name`, algorithm=instant, lock=default;
-- or, where the server refuses that: alter table `shop`.`customers` drop column `bellows_q_7b1b564d_name`, algorithm=inplace, lock=none;

-- purge.customers.name.writes: forget when the shapes were last written
delete from `bellows_writes` where lens = '9aa4528a';
