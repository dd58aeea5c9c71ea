-- info default-at-contract: until contract an INSERT that leaves shop.orders.channel out gets NULL, whichever version it comes from
-- info read-before-write: a transaction that has read orders, and writes it in the moment when a change of it begins to wait, may fail once with 1213
-- the new version may be deployed from: expanded

-- 20260115090000_default_channel: expand (nothing to do)

-- 20260115090000_default_channel: backfill (nothing to do)

-- 20260115090000_default_channel: contract

-- contract.orders.channel.default: set the default of channel
alter table `shop`.`orders` alter column `channel` set default 'web', algorithm=instant, lock=default;

-- 20260115090000_default_channel: purge (nothing to do)
