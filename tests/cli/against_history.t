#!/usr/bin/env bash
# What the revisions make of an empty database, beside the models and beside the database: a forgotten autogenerate and
# what was changed by hand are told apart, and from revisions that are pending.
. "$(dirname "$0")/../support/tap.sh"
new_project project
model <<'J'
{"tables": [
 {"name": "customers", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "name", "type": "String(50)", "nullable": false, "server_default": "'nobody'"}]},
 {"name": "orders", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "customer_id", "type": "Integer", "foreign_key": "customers.id", "index": true}, {"name": "total", "type": "Numeric(10, 2)"}],
  "check_constraints": [{"name": "ck_total", "expression": "total >= 0"}]}],
 "objects": [{"kind": "view", "name": "big_orders", "definition": "CREATE VIEW big_orders AS SELECT id FROM orders WHERE total > 100"}]}
J
migrate -q revision --autogenerate -m one --rev-id 0001 >/dev/null
against() { run migrate check --against-history "$@"; }
field() { printf '%s' "$out" | jq -r "$1" 2>&1; }

against
exits 0 "a database that does not exist yet has not drifted"
prints "the models and the revisions agree" "the models are what the revisions make"
prints "0001 one" "and what is pending is listed"
[ ! -e app.db ]
ok "no database was made"
migrate -q upgrade head >/dev/null
against
exits 0 "nor has one at head"
same "$out" "the models and the revisions agree
the revisions and the database agree" "and that is all there is to say"
against --json
same "$(field '[.equal, .models.equal, .database.equal, (.pending | length)] | @csv')" "true,true,true,0" "the same in JSON"

# --- a forgotten autogenerate ---
cp migrations/models.json agreed.json
sed -i 's/{"name": "total"/{"name": "note", "type": "Text"}, {"name": "total"/; s/String(50)/String(80)/' migrations/models.json
rm -f untouched.db
against --no-database --url sqlite:///untouched.db
exits 3 "what no revision says is found without a database"
prints "in the models, but not in the revisions:
  add column orders.note (structure)" "what the models have more"
prints "otherwise in the models than in the revisions:
  alter column customers.name: type String(50) -> String(80) (canonical)" "what they have otherwise"
[ ! -e untouched.db ]
ok "and the database is left alone"
against --json --no-database
same "$(field '.database')" "null" "--no-database: not compared"
same "$(field '[.models.operations[] | "\(.op) \(.verdict)"] | sort | join(", ")')" "add_column structure, alter_column canonical" "operations and verdicts in JSON"
printf '[migrate]\nscript_location = migrations\nmodels = migrations/models.json\n' >no-url.ini
MIGRATE_CONFIG=no-url.ini against
exits 1 "without url and scratch_url nobody knows the kind of database"
says "scratch_url" "which is said"
echo 'scratch_url = sqlite://' >>no-url.ini
MIGRATE_CONFIG=no-url.ini against
exits 3 "with scratch_url no url is needed"
echo 'url = ${NOT_SET_ANYWHERE}' >>no-url.ini
MIGRATE_CONFIG=no-url.ini against --no-database
exits 3 "nor one that can be read"
MIGRATE_CONFIG=no-url.ini against
exits 1 "a url that is there and cannot be read is an error otherwise"
says "NOT_SET_ANYWHERE" "which names the variable"
run migrate check --no-database
exits 2 "--no-database alone means nothing"

# --- drift, and pending revisions ---
migrate -q revision --autogenerate -m two --rev-id 0002 >/dev/null
against
exits 0 "a revision that is pending is no drift"
prints "0002 two" "it is listed"
sqlite3 app.db "CREATE TABLE stray (id INTEGER PRIMARY KEY); ALTER TABLE orders ADD COLUMN by_hand TEXT; DROP INDEX ix_orders_customer_id; DROP VIEW big_orders; CREATE VIEW big_orders AS SELECT id FROM orders WHERE total > 200"
before=$(fingerprint app.db)
against
exits 3 "what was changed by hand is found"
prints "the models and the revisions agree" "the models are not to blame"
prints "in the revisions, but not in the database:
  create index ix_orders_customer_id on orders" "what is gone"
prints "in the database, but not in the revisions:" "what is there too much"
prints "  drop table stray (structure)" "a table"
prints "  drop column orders.by_hand (structure)" "a column"
prints "otherwise in the revisions than in the database:
  change view big_orders (canonical)" "what is otherwise"
prints "0002 two" "and what is pending is told apart"
same "$(fingerprint app.db)" "$before" "nothing was touched"
against --json
same "$(field '[.equal, .models.equal, .database.equal] | @csv')" "false,true,false" "JSON: which side"
same "$(field '.pending[].revision')" "0002" "JSON: pending"
same "$(field '[.database.operations[] | "\(.op) \(.verdict)"] | sort | join(", ")')" \
    "create_index structure, drop_column structure, drop_table structure, replace_object canonical" "JSON: operations with their verdicts"
printf 'exclude_tables = stray\n' >>migrate.ini
against
same "$(printf '%s' "$out" | grep -c stray)" "0" "tables out of scope do not count"
sed -i '/^exclude_tables/d' migrate.ini
sqlite3 app.db "DROP TABLE stray; ALTER TABLE orders DROP COLUMN by_hand; CREATE INDEX ix_orders_customer_id ON orders (customer_id); DROP VIEW big_orders; CREATE VIEW big_orders AS SELECT id FROM orders WHERE total > 100"
against
exits 0 "taken back, nothing is found"

# --- renames: the revisions have done what renamed_from says ---
migrate -q upgrade head >/dev/null
sed -i 's/{"name": "note"/{"name": "remark", "renamed_from": "note"/' migrations/models.json
migrate -q revision --autogenerate -m three --rev-id 0003 >/dev/null
migrate -q upgrade head >/dev/null
against
exits 0 "a rename that was written is no difference"
sqlite3 app.db "ALTER TABLE orders RENAME COLUMN remark TO note"
against
exits 3 "but one that was taken back by hand is drift, whatever renamed_from says"
prints "add column orders.remark" "the name of the revisions is missing"
prints "drop column orders.note" "and the former one is there"
sqlite3 app.db "ALTER TABLE orders RENAME COLUMN note TO remark"

# --- what a history may hold ---
revision_file 0004 0003 data <<'Q'
-- migrate:up
INSERT INTO customers (name) VALUES ('first');
UPDATE customers SET name = upper(name);

-- migrate:up dialect:postgresql
CREATE EXTENSION nowhere;

-- migrate:down
DELETE FROM customers;
Q
migrate -q revision -m five --rev-id 0005 --format ops >/dev/null
sed -i '/"upgrade": \[/,/\]/c\  "upgrade": [{"op": "create_table", "table_name": "tags", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]}],' migrations/versions/0005*.json
sed -i '/"downgrade": \[/,/\]/c\  "downgrade": [{"op": "drop_table", "table_name": "tags"}]' migrations/versions/0005*.json
against --no-database
exits 3 "data, sections of other dialects and operations all run"
prints "in the revisions, but not in the models:
  drop table tags (structure)" "and what operations make is there"
sed -i 's/ {"name": "customers"/ {"name": "tags", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]},\n&/' migrations/models.json
against --no-database
exits 0 "the model has it now"
# several heads, one of which depends on the other
revision_file 0006 0005 left <<'Q'
-- migrate:up
CREATE TABLE lefts (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE lefts;
Q
revision_file 0007 0005 right <<'Q'
-- migrate:up
ALTER TABLE lefts ADD COLUMN n INTEGER;
-- migrate:down
ALTER TABLE lefts DROP COLUMN n;
Q
sed -i 's/^-- Created.*/&\n-- Depends-On: 0006/; ' migrations/versions/0007_right.sql
sed -i '0,/ {"name": "customers"/s// {"name": "lefts", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "n", "type": "Integer"}]},\n&/' migrations/models.json
against
exits 0 "two heads, one of which depends on the other"
migrate -q upgrade 0006 >/dev/null
against
exits 0 "a database at one of two heads"
prints "0007 right" "the other is pending"
migrate -q upgrade heads >/dev/null
against
same "$status$out" "0the models and the revisions agree
the revisions and the database agree" "and at both"

# --- what goes wrong ---
revision_file 0008 0006 broken <<'Q'
-- migrate:up
CREATE TABLE fine (id INTEGER PRIMARY KEY);
CREATE TABLE customers (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE fine;
Q
against
exits 1 "a revision that fails is an error"
says "0008_broken.sql:8" "which says where"
says "scratch database, which is gone; no other is changed" "and that it was no real one"
revision_file 0008 0006 broken <<'Q'
-- migrate:up transaction:false
ATTACH 'elsewhere.db' AS elsewhere;
-- migrate:down
Q
against
exits 1 "another file is not touched"
says "0008_broken.sql:7:1: this statement would change more than the scratch database: another database file" "which says where"
[ ! -e elsewhere.db ]
ok "it is not there"
rm migrations/versions/0008_broken.sql
sqlite3 app.db "UPDATE migrate_version SET version_num = 'elsewhere' WHERE version_num = '0007'"
against
exits 1 "a version row without a file"
says "elsewhere" "is named"
finish
