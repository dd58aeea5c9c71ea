-- warn new-rule: order_items_quantity_limit of public.order_items is a rule that the old version of the app does not know
-- the new version may be deployed from: expanded

-- 20260121090000_limit_quantity: expand (nothing to do)

-- 20260121090000_limit_quantity: backfill (nothing to do)

-- 20260121090000_limit_quantity: contract

-- contract.order_items.order_items_quantity_limit.add: add order_items_quantity_limit, for new rows only
BEGIN;
alter table "public"."order_items" add constraint "order_items_quantity_limit" check ("quantity" <= 1000
) not valid;
COMMIT;

-- contract.order_items.order_items_quantity_limit.validate: validate order_items_quantity_limit for the rows that are there, without blocking writes
BEGIN;
alter table "public"."order_items" validate constraint "order_items_quantity_limit";
COMMIT;

-- 20260121090000_limit_quantity: purge (nothing to do)
