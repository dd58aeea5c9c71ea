-- the new version may be deployed from: expanded

-- 20260120090000_say_what_status_means: expand

-- expand.orders.status.comment: change the comment of status: catalog only, no copy
BEGIN;
comment on column "public"."orders"."status" is 'new, paid or sent';
COMMIT;

-- expand.orders.comment-of-table: change the comment of table orders: catalog only, no copy
BEGIN;
comment on table "public"."orders" is 'What somebody bought';
COMMIT;

-- 20260120090000_say_what_status_means: backfill (nothing to do)

-- 20260120090000_say_what_status_means: contract (nothing to do)

-- 20260120090000_say_what_status_means: purge (nothing to do)
