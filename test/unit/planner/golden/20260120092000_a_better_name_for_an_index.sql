-- the new version may be deployed from: expanded

-- 20260120092000_a_better_name_for_an_index: expand (nothing to do)

-- 20260120092000_a_better_name_for_an_index: backfill (nothing to do)

-- 20260120092000_a_better_name_for_an_index: contract

-- contract.orders.index.orders_channel_idx: call index orders_idx2 orders_channel_idx: catalog only, no copy
BEGIN;
alter index "public"."orders_idx2" rename to "orders_channel_idx";
COMMIT;

-- 20260120092000_a_better_name_for_an_index: purge (nothing to do)
