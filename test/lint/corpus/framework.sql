BEGIN;
CREATE TABLE "accounts" ("id" bigserial PRIMARY KEY, "email" varchar(254) NOT NULL UNIQUE, "created" timestamp NOT NULL, "code" char(4), "plan" smallint NOT NULL, "owner_id" integer NOT NULL REFERENCES "users" ("id"));
CREATE INDEX "accounts_owner" ON "accounts" ("owner_id");
ALTER TABLE "users" ADD COLUMN "flag" boolean DEFAULT false NOT NULL;
ALTER TABLE "users" ALTER COLUMN "flag" DROP DEFAULT;
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_fk" FOREIGN KEY ("user_id") REFERENCES "users" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "orders_user" ON "orders" ("user_id");
ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(200) USING "name"::varchar(200);
COMMIT;
