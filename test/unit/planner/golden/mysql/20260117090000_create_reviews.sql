-- warn no-grants: what is granted on products alone is not granted on shop.reviews; grants on the database hold for it
-- the new version may be deployed from: expanded

-- 20260117090000_create_reviews: expand

-- expand.reviews: create table shop.reviews
create table `shop`.`reviews` (`id` bigint not null auto_increment, `product_id` bigint not null, `stars` smallint not null, `body` text null comment 'As it was sent', `written_at` datetime not null default (current_timestamp), primary key (`id`), constraint `reviews_stars_check` check (`stars` between 1 and 5), constraint `reviews_product_id_fkey` foreign key (`product_id`) references `shop`.`products` (`id`) on delete cascade, index `reviews_product_id_idx` (`product_id`)) engine = InnoDB;

-- 20260117090000_create_reviews: backfill (nothing to do)

-- 20260117090000_create_reviews: contract (nothing to do)

-- 20260117090000_create_reviews: purge (nothing to do)
