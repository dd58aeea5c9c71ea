-- the new version may be deployed from: expanded

-- 20260120091000_nobody_asks_by_time: expand (nothing to do)

-- 20260120091000_nobody_asks_by_time: backfill (nothing to do)

-- 20260120091000_nobody_asks_by_time: contract

-- contract.orders.index.orders_placed_idx.drop: drop index orders_placed_idx concurrently
drop index concurrently if exists "public"."orders_placed_idx";

-- 20260120091000_nobody_asks_by_time: purge (nothing to do)
