-- warn unique-index: customers_email_lower_idx is a rule that the old version of the app does not know
-- the new version may be deployed from: backfilled

-- 20260118090000_index_orders: expand (nothing to do)

-- 20260118090000_index_orders: backfill

-- backfill.orders.index.orders_customer_placed_idx: build index orders_customer_placed_idx concurrently
create index concurrently "orders_customer_placed_idx" on "public"."orders" using "btree" ("customer_id", "placed_at");

-- 20260118090000_index_orders: contract

-- contract.customers.index.customers_email_lower_idx: build unique index customers_email_lower_idx concurrently
create unique index concurrently "customers_email_lower_idx" on "public"."customers" using "btree" ((lower(email)
));

-- 20260118090000_index_orders: purge (nothing to do)
