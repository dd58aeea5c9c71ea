/** Rows for the tables that the example migrations begin with. */
export const data = `
  insert into customers (name, email, phone, legacy_code)
    select 'Name ' || n, 'user' || n || '@example.com', '555-' || n, 'L' || n from generate_series(1, 50) n;
  insert into products (sku, title, weight_grams, views)
    select 'SKU-' || n, 'Red Chair ' || n, case when n % 10 = 0 then null else n * 125 end, n from generate_series(1, 40) n;
  insert into orders (customer_id, status, channel)
    select 1 + n % 50, case when n % 3 = 0 then null else 'paid' end, 'web' from generate_series(1, 60) n;
  insert into order_items select n, 1 + n % 40, 2 from generate_series(1, 60) n;
  insert into addresses (customer_id, recipient, street, house_number)
    select n, case when n % 10 = 0 then 'Ada ' else 'Ada Byron ' || n end, 'Long Road', case when n % 5 > 0 then n || 'b' end from generate_series(1, 50) n;`
