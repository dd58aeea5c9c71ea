-- warn raw-sql: statements of your own are not checked: Invoices are numbered on their own, whatever table they come from
-- the new version may be deployed from: expanded

-- 20260119090000_number_invoices: expand

-- expand.raw.1: Invoices are numbered on their own, whatever table they come from
create table if not exists invoice_numbers (id bigint auto_increment primary key) auto_increment = 1000;

-- 20260119090000_number_invoices: backfill (nothing to do)

-- 20260119090000_number_invoices: contract (nothing to do)

-- 20260119090000_number_invoices: purge (nothing to do)
