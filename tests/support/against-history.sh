# What the tests of check --against-history on servers share; to be sourced behind the server's own helpers. Expects
# newdb NAME, statement DATABASE SQL, and scratch_left: how many scratch databases there are.
SETTINGS=
settings() { # DATABASE
    printf '[migrate]\nscript_location = migrations\nurl = %s\nmodels = migrations/models.json\n%s\n' "$URL" "$SETTINGS" >migrate.ini
}
against() { run migrate check --against-history "$@"; }

# A schema of its server is what a revision with its statements makes, on both sides.
schema_agrees() { # NAME FILE
    URL=$(newdb "$1")
    new_project "$1"
    settings
    { printf -- '-- migrate:up\n'; cat "$2"; printf '\n-- migrate:down irreversible:"a fixture"\n'; } | revision_file 0001 "" "$1"
    run migrate -q upgrade head
    exits 0 "$1: upgrade"
    migrate inspect >migrations/models.json
    against
    same "$status$out" "0the models and the revisions agree
the revisions and the database agree" "$1: models, revisions and database agree"
    [ "$status" = 0 ] || explain
    same "$(scratch_left)" "0" "$1: the scratch database is gone"
}

drift_is_found() {
    URL=$(newdb drift)
    new_project drift
    settings
    model <<'J'
{"tables": [
 {"name": "customers", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "name", "type": "String(50)", "nullable": false, "server_default": "'nobody'"}]},
 {"name": "orders", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "customer_id", "type": "Integer", "foreign_key": "customers.id", "index": true}, {"name": "total", "type": "Numeric(10, 2)"}],
  "check_constraints": [{"name": "ck_total", "expression": "total >= 0"}]}],
 "objects": [{"kind": "view", "name": "big_orders", "definition": "CREATE VIEW big_orders AS SELECT id FROM orders WHERE total > 100"}]}
J
    migrate -q revision --autogenerate -m one --rev-id 0001 >/dev/null
    against
    exits 0 "nothing is applied: nothing has drifted"
    prints "0001 one" "what is pending is listed"
    migrate -q upgrade head >/dev/null
    sed -i 's/{"name": "total"/{"name": "note", "type": "Text"}, {"name": "total"/; s/String(50)/String(80)/' migrations/models.json
    against --no-database
    exits 3 "a forgotten autogenerate"
    prints "in the models, but not in the revisions:
  add column orders.note (structure)" "what the models have more"
    prints "otherwise in the models than in the revisions:
  alter column customers.name: type String(50) -> String(80)" "what they have otherwise"
    migrate -q revision --autogenerate -m two --rev-id 0002 >/dev/null
    against
    exits 0 "a revision that is pending is no drift"
    prints "0002 two" "it is listed"
    statement drift "CREATE TABLE stray (id INTEGER PRIMARY KEY)"
    statement drift "ALTER TABLE orders ADD COLUMN by_hand INTEGER"
    statement drift "ALTER TABLE orders DROP CONSTRAINT ck_total"
    statement drift "CREATE OR REPLACE VIEW big_orders AS SELECT id FROM orders WHERE total > 200"
    against
    exits 3 "what was changed by hand is found"
    prints "the models and the revisions agree" "the models are not to blame"
    prints "  drop table stray (structure)" "a table"
    prints "  drop column orders.by_hand (structure)" "a column"
    prints "in the revisions, but not in the database:
  create check constraint ck_total on orders (structure)" "a check"
    prints "otherwise in the revisions than in the database:
  change view big_orders (" "a view"
    prints "0002 two" "and what is pending is told apart"
    SETTINGS='exclude_tables = stray orders big_orders'
    settings
    against
    exits 0 "out of scope, all of it"
    SETTINGS=
    settings
    revision_file 0003 0002 broken <<'Q'
-- migrate:up
INSERT INTO customers (id, name) VALUES (1, 'one');
CREATE TABLE fine (id INTEGER PRIMARY KEY);
CREATE TABLE customers (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE fine;
Q
    against
    exits 1 "a revision that fails is an error"
    says "0003_broken.sql:9" "which says where"
    rm migrations/versions/0003_broken.sql
    same "$(scratch_left)" "0" "no scratch database is left"
    revision_file 0003 0002 server <<'Q'
-- migrate:up
CREATE TABLE fine (id INTEGER PRIMARY KEY);
CREATE ROLE migrate_test_role;
-- migrate:down
DROP TABLE fine;
Q
    against
    exits 1 "what belongs to the whole server is not touched"
    says "0003_server.sql:8:1: this statement would change more than the scratch database" "where it stands"
    says "set scratch_url" "and what to do"
    rm migrations/versions/0003_server.sql
    # where the live database cannot be reached
    SETTINGS="scratch_url = $URL"
    URL=${URL%drift}gone
    settings
    against --no-database
    exits 0 "with scratch_url the database itself is not asked"
}
