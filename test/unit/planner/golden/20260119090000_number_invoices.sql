-- warn raw-sql: statements of your own are not checked: Invoices are numbered on their own, whatever table they come from
-- the new version may be deployed from: expanded

-- 20260119090000_number_invoices: expand

-- expand.raw.1: Invoices are numbered on their own, whatever table they come from
BEGIN;
create sequence invoice_numbers start 1000;
COMMIT;

-- 20260119090000_number_invoices: backfill (nothing to do)

-- 20260119090000_number_invoices: contract (nothing to do)

-- 20260119090000_number_invoices: purge (nothing to do)
