-- warn unique-index: customers_email_lower_idx is a rule that the old version of the app does not know
-- the new version may be deployed from: expanded

-- 20260118100000_one_account_per_email: expand (nothing to do)

-- 20260118100000_one_account_per_email: backfill (nothing to do)

-- 20260118100000_one_account_per_email: contract

-- contract.customers.index.customers_email_lower_idx: build unique index customers_email_lower_idx concurrently
create unique index concurrently "customers_email_lower_idx" on "public"."customers" using "btree" ((lower("email")
));

-- 20260118100000_one_account_per_email: purge (nothing to do)
