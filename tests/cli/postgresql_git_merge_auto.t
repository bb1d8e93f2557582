#!/usr/bin/env bash
# merge --auto on PostgreSQL: what statements touch by way of schemas, functions, triggers, views, keys and blocks.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/merge-sides.sh"
URL=$(newdb merged)
new_project project
printf '[migrate]\nscript_location = migrations\nurl = %s\n' "$URL" >migrate.ini
base <<'Q'
CREATE TABLE users (id integer PRIMARY KEY, name text);
CREATE TABLE orders (id integer PRIMARY KEY, user_id integer REFERENCES users ON DELETE CASCADE, total integer);
CREATE TABLE audit (what text);
CREATE TABLE lonely (id integer);
CREATE SEQUENCE seq;
CREATE SCHEMA billing;
CREATE TABLE billing.invoices (id integer PRIMARY KEY, total integer);
CREATE VIEW vusers AS SELECT id, name FROM users;
CREATE TABLE "Weird(x)" (id integer);
CREATE TABLE "Order Lines" (id integer);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES ('user'); RETURN NEW; END $$;
CREATE TRIGGER watch AFTER INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note();
CREATE FUNCTION add_user(n text) RETURNS void LANGUAGE sql AS $$ INSERT INTO users VALUES (1, n) $$;
CREATE FUNCTION add_user2(n text) RETURNS void LANGUAGE sql BEGIN ATOMIC INSERT INTO users VALUES (1, n); END;
CREATE FUNCTION run(q text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE q; END';
CREATE FUNCTION low(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT n $$;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE PROCEDURE clean() LANGUAGE sql AS 'DELETE FROM lonely';
Q
apart "a column each" <<'Q'
ALTER TABLE users ADD COLUMN a integer;
---
ALTER TABLE orders ADD COLUMN b integer;
Q
apart "rows beside a column" <<'Q'
INSERT INTO users VALUES (1, 'x');
---
ALTER TABLE orders ADD COLUMN b integer;
Q
meet "invoices" "a schema that include_schemas does not name" <<'Q'
ALTER TABLE billing.invoices ADD COLUMN a integer;
---
UPDATE billing.invoices SET total = 1;
Q
meet "audit" "a trigger behind a function that writes" <<'Q'
SELECT add_user('x');
---
DELETE FROM audit;
Q
meet "audit" "behind one with BEGIN ATOMIC" <<'Q'
SELECT add_user2('x');
---
DELETE FROM audit;
Q
meet "audit" "behind a block" <<'Q'
DO $$ BEGIN UPDATE users SET name = 'x'; END $$;
---
DELETE FROM audit;
Q
meet "audit" "behind a view" <<'Q'
INSERT INTO vusers VALUES (3, 'x');
---
DELETE FROM audit;
Q
meet "audit" "behind WITH" <<'Q'
WITH x AS (SELECT 1) UPDATE users SET name = 'y';
---
DELETE FROM audit;
Q
meet "audit" "behind what WITH writes itself" <<'Q'
WITH x AS (INSERT INTO users VALUES (9, 'q') RETURNING id) INSERT INTO lonely SELECT id FROM x;
---
DELETE FROM audit;
Q
meet "orders" "rows that go with those that are deleted" <<'Q'
DELETE FROM users;
---
INSERT INTO lonely SELECT count(*) FROM orders;
Q
meet "seq" "a sequence that is named by a string" <<'Q'
SELECT setval('seq', 100);
---
ALTER SEQUENCE seq RESTART WITH 5;
Q
meet "weird" "a name with parentheses" <<'Q'
UPDATE "Weird(x)" SET id = 1;
---
ALTER TABLE "Weird(x)" ADD COLUMN y integer;
Q
untold 0002 "all tables that are there" <<'Q'
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
---
CREATE TABLE fresh (id integer);
Q
apart "all privileges on one are about that one" <<'Q'
GRANT ALL ON lonely TO PUBLIC; GRANT ALL PRIVILEGES ON lonely TO PUBLIC;
---
CREATE TABLE fresh (id integer);
Q
untold 0002 "what is made later" <<'Q'
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
---
CREATE TABLE fresh (id integer);
Q
meet "lonely" "a procedure" <<'Q'
CALL clean();
---
INSERT INTO lonely VALUES (1);
Q
meet "add_user users" "a function, and who calls it" <<'Q'
CREATE OR REPLACE FUNCTION add_user(n text) RETURNS void LANGUAGE sql AS $$ SELECT 1 $$;
---
SELECT add_user('z');
Q
meet "invoices" "a schema that goes" <<'Q'
DROP SCHEMA billing CASCADE;
---
UPDATE billing.invoices SET total = 1;
Q
meet "lonely" "a name as regclass" <<'Q'
SELECT pg_stat_reset_single_table_counters('lonely'::regclass);
---
ALTER TABLE lonely ADD z integer;
Q
apart "a string that is a name elsewhere" <<'Q'
INSERT INTO lonely VALUES (1); INSERT INTO audit VALUES ('orders');
---
ALTER TABLE orders ADD z integer;
Q
apart "reading is no writing" <<'Q'
INSERT INTO lonely SELECT id FROM users FOR UPDATE;
---
ALTER TABLE orders ADD z integer; DELETE FROM audit;
Q
apart "nor is it behind a function and a view" <<'Q'
CREATE FUNCTION cnt() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM vusers $$;
---
ALTER TABLE orders ADD z integer; DELETE FROM audit;
Q
untold 0003 "SQL that a block builds" <<'Q'
CREATE TABLE fresh (id integer);
---
DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t); END LOOP; END $$;
Q
untold 0002 "SQL that a function is given" <<'Q'
SELECT run('DROP TABLE lonely');
---
INSERT INTO orders VALUES (1, NULL, 1);
Q
meet "orders" "a key to the other side's table" <<'Q'
ALTER TABLE lonely ADD COLUMN order_id integer REFERENCES orders;
---
UPDATE orders SET total = 1;
Q
meet "orders" "rows, and a column that goes" <<'Q'
INSERT INTO orders VALUES (1, NULL, 1);
---
ALTER TABLE orders DROP COLUMN total;
Q
meet "order lines" "quoted names in mixed case" <<'Q'
UPDATE public."Order Lines" SET id = 1;
---
ALTER TABLE "Order Lines" ADD COLUMN y integer;
Q
meet "mood" "a type, and a column of it" <<'Q'
ALTER TYPE mood ADD VALUE 'mad';
---
CREATE TABLE fresh (m mood);
Q

# --- files of operations: what their expressions name ---
meet "seq" "a default by a sequence" '{"op": "add_column", "table_name": "users", "column": {"name": "c", "type": "Integer", "server_default": "nextval('"'seq'"'::regclass)"}}' <<'Q'
ALTER SEQUENCE seq INCREMENT BY 10;
Q
meet "low" "an index by a function" '{"op": "create_index", "table_name": "orders", "index_name": "ix", "columns": [{"expression": "low(total)"}]}' <<'Q'
CREATE OR REPLACE FUNCTION low(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT -n $$;
Q
meet "low" "a check by a function" '{"op": "create_check_constraint", "table_name": "orders", "constraint_name": "ck", "condition": "low(total) < 3"}' <<'Q'
CREATE OR REPLACE FUNCTION low(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT -n $$;
Q
same "$(psql -qXAt "$PGURL" -c "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate\_scratch%'")" "0" "no scratch database is left"
same "$(psql_rows merged "SELECT count(*) FROM pg_class WHERE relname IN ('users', 'migrate_version')")" "0" "the live database is as it was"
finish
