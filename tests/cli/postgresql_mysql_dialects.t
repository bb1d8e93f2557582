#!/usr/bin/env bash
# dialects = sqlite, postgresql, mariadb: developed on SQLite, in production on the others, from one folder of SQL
# revisions. Each database is asked whether it is as the model says, by `check` and by its own catalog.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

migrate() { timeout 120 "$MIGRATE" "$@"; }
databases() { # NAME: empty ones, for each dialect
    rm -f app.db
    PG=$(pg_newdb "$1") MY=$(my_newdb "$1" | sed 's/^mysql:/mariadb:/')
}
everywhere() { # NAME COMMAND…: on each dialect
    local name=$1 url
    shift
    for url in sqlite:///app.db "$PG" "$MY"; do
        run migrate --url "$url" "$@"
        [ "$status" = 0 ]; ok "$name: ${url%%:*}"
        [ "$status" = 0 ] || explain
    done
}
pg_tables() { psql_rows "$1" "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relname NOT LIKE 'migrate%' UNION ALL SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE nspname = 'public' AND typname NOT LIKE '%migrate%'"; }

new_project shop
sed -i 's/^url = .*/&\ndialects = sqlite, postgresql, mariadb/' migrate.ini
databases shop
model <<'S'
{"naming_convention": {"ix": "ix_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
  "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"},
 "enums": [{"name": "order_status", "values": ["pending", "paid"]}],
 "tables": [
  {"name": "customers", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true},
    {"name": "name", "type": "String(50)", "nullable": false, "unique": true},
    {"name": "age", "type": "Integer"},
    {"name": "doubled", "type": "Integer", "computed": {"expression": "age * 2", "persisted": true}}]},
  {"name": "orders", "comment": "all orders", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true},
    {"name": "status", "type": "Enum(order_status)", "nullable": false, "server_default": "'pending'"},
    {"name": "kind", "type": "Enum('a', 'b')"},
    {"name": "customer_id", "type": "Integer", "foreign_key": "customers.id", "ondelete": "CASCADE", "index": true},
    {"name": "total", "type": "Numeric(10, 2)", "comment": "sum", "server_default": "0"},
    {"name": "payload", "type": {"default": "JSON", "postgresql": "JSONB"}},
    {"name": "ok", "type": "Boolean", "nullable": false, "server_default": {"default": "true", "sqlite": "1"}},
    {"name": "made", "type": "DateTime(timezone=true)", "server_default": "CURRENT_TIMESTAMP"},
    {"name": "u", "type": "Uuid"}, {"name": "b", "type": "LargeBinary"}, {"name": "f", "type": "Float"},
    {"name": "d", "type": "Double"}, {"name": "si", "type": "SmallInteger"}, {"name": "bi", "type": "BigInteger"},
    {"name": "dt", "type": "Date"}, {"name": "t", "type": "Time"}, {"name": "tx", "type": "Text"},
    {"name": "un", "type": "Unicode(20)"}, {"name": "ut", "type": "UnicodeText"}],
   "check_constraints": [{"name": "ck_total", "expression": "total >= 0"}],
   "indexes": [{"name": "ix_orders_dt_t", "columns": ["dt", {"column": "t", "order": "desc"}]},
    {"name": {"postgresql": "ix_orders_payload"}, "columns": ["payload"], "using": "gin"}]}],
 "objects": [{"kind": "view", "name": "paid", "depends_on": ["orders"],
   "definition": "CREATE VIEW paid AS SELECT id FROM orders WHERE status = 'paid'"}]}
S
empty=$(pg_tables shop)
run migrate revision --autogenerate -m first --rev-id 0001
exits 0 "a first revision, compared with SQLite alone"
first=$(cat migrations/versions/0001_first.sql)
case $first in *"migrate:up dialect:sqlite"*"migrate:up dialect:postgresql"*"CREATE TYPE order_status AS ENUM"*"migrate:up dialect:mariadb"*"ENUM('pending','paid')"*"migrate:down dialect:sqlite"*) true ;; *) printf '%s\n' "$first" | sed 's/^/# /'; false ;; esac
ok "has a section for each dialect in its own words"
everywhere "upgrade" upgrade head
everywhere "the model, all of it" check
same "$(psql_rows shop "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_orders_payload'")" \
    "CREATE INDEX ix_orders_payload ON public.orders USING gin (payload)" "with what is for PostgreSQL alone"

cp migrations/models.json first.json

# --- a changed model ---
model <<'S'
{"naming_convention": {"ix": "ix_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
  "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"},
 "enums": [{"name": "order_status", "values": ["pending", "paid", "shipped"]}, {"name": "mood", "values": ["ok", "sad"]}],
 "tables": [
  {"name": "customers", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true},
    {"name": "full_name", "type": "String(80)", "nullable": false, "unique": true, "renamed_from": "name"},
    {"name": "mood", "type": "Enum(mood)", "nullable": false, "server_default": "'ok'"},
    {"name": "age", "type": "Integer"},
    {"name": "doubled", "type": "Integer", "computed": {"expression": "age * 2", "persisted": true}}]},
  {"name": "notes", "columns": [{"name": "id", "type": "BigInteger", "primary_key": true},
    {"name": "order_id", "type": "Integer", "foreign_key": "orders.id", "nullable": false},
    {"name": "mood", "type": "Enum(mood)"}, {"name": "body", "type": "Text"}]},
  {"name": "orders", "comment": "all orders", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true},
    {"name": "status", "type": "Enum(order_status)", "nullable": false, "server_default": "'pending'"},
    {"name": "kind", "type": "Enum('a', 'b', 'c')"},
    {"name": "customer_id", "type": "Integer", "foreign_key": "customers.id", "ondelete": "SET NULL", "index": true},
    {"name": "total", "type": "Numeric(12, 2)", "comment": "sum", "nullable": false, "server_default": "1"},
    {"name": "payload", "type": {"default": "JSON", "postgresql": "JSONB"}},
    {"name": "ok", "type": "Boolean", "nullable": false, "server_default": {"default": "false", "sqlite": "0"}},
    {"name": "made", "type": "DateTime(timezone=true)", "server_default": "CURRENT_TIMESTAMP"},
    {"name": "u", "type": "Uuid"}, {"name": "b", "type": "LargeBinary"}, {"name": "f", "type": "Float"},
    {"name": "d", "type": "Double"}, {"name": "si", "type": "Integer"}, {"name": "bi", "type": "BigInteger"},
    {"name": "dt", "type": "Date"}, {"name": "t", "type": "Time"},
    {"name": "un", "type": "Unicode(30)"}, {"name": "ut", "type": "UnicodeText"}],
   "check_constraints": [{"name": "ck_total", "expression": "total > 0"}],
   "indexes": [{"name": "ix_orders_dt", "columns": ["dt"]},
    {"name": {"postgresql": "ix_orders_payload"}, "columns": ["payload"], "using": "gin"}]}],
 "objects": [{"kind": "view", "name": "paid", "depends_on": ["orders"],
   "definition": "CREATE VIEW paid AS SELECT id, total FROM orders WHERE status = 'paid'"}]}
S
run migrate revision --autogenerate -m second --rev-id 0002
exits 0 "a second revision"
everywhere "upgrade" upgrade head
everywhere "the changed model" check
same "$(psql_rows shop "SELECT enum_range(NULL::order_status), enum_range(NULL::mood)")" "{pending,paid,shipped}|{ok,sad}" \
    "the enums are changed and created on PostgreSQL"
everywhere "downgrade" downgrade 0001
everywhere "as the first model says" -x models="$PWD/first.json" diff
everywhere "and up again" upgrade head
everywhere "as before" check
# --- compared with PostgreSQL, then with MariaDB ---
cp migrations/models.json second.json
python3 - <<'S'
text = open("migrations/models.json").read()
text = text.replace('"type": "Enum(mood)"}, {"name": "body", "type": "Text"}', '"type": "String(10)"}, {"name": "title", "type": "Text", "renamed_from": "body"}')
text = text.replace('"ok", "sad"', '"ok", "sad", "fine"').replace("'a', 'b', 'c'", "'a', 'b', 'c', 'd'").replace('"all orders"', '"every order"')
text = text.replace('{"name": "ix_orders_dt", "columns": ["dt"]}', '{"name": "ix_orders_t", "columns": ["t"], "unique": true}')
text = text.replace('"server_default": {"default": "false", "sqlite": "0"}', '"server_default": {"default": "true", "sqlite": "1"}')
open("migrations/models.json", "w").write(text)
S
run migrate --url "$PG" revision --autogenerate -m third --rev-id 0003
exits 0 "a revision from PostgreSQL"
everywhere "upgrade" upgrade head
everywhere "the model" check
cp migrations/models.json third.json
python3 - <<'S'
text = open("migrations/models.json").read()
text = text.replace("'a', 'b', 'c', 'd'", "'b', 'c', 'd'").replace('"pending", "paid", "shipped"', '"pending", "paid", "shipped", "lost"')
text = text.replace('"indexes": [', '"unique_constraints": [{"name": "uq_orders_f", "columns": ["f", "d"]}], "indexes": [')
text = text.replace('{"name": "notes",', '{"name": "remarks", "renamed_from": "notes",').replace('"every order"', '"orders"')
text = text.replace('"mood", "type": "Enum(mood)", "nullable": false, "server_default": "\'ok\'"', '"mood", "type": "String(20)"')
open("migrations/models.json", "w").write(text)
S
run migrate --url "$MY" revision --autogenerate -m fourth --rev-id 0004
exits 0 "a revision from MariaDB"
everywhere "upgrade" upgrade head
everywhere "the model" check
# an enum that is none any more, seen by SQLite, which only has a check of it
cp migrations/models.json fourth.json
python3 - <<'S'
import re
text = open("migrations/models.json").read()
text = text.replace('"type": "Enum(order_status)"', '"type": "String(20)"')
text = re.sub(r'"enums": .*\n', "", text)
open("migrations/models.json", "w").write(text)
S
run migrate revision --autogenerate -m fifth --rev-id 0005
exits 0 "enums are gone"
everywhere "upgrade" upgrade head
everywhere "the model" check
everywhere "downgrade" downgrade 0004
everywhere "as the fourth model says" -x models="$PWD/fourth.json" diff
everywhere "downgrade" downgrade 0003
everywhere "as the third model says" -x models="$PWD/third.json" diff
everywhere "downgrade" downgrade 0002
everywhere "as the second model says" -x models="$PWD/second.json" diff

everywhere "to base" downgrade base
same "$(fingerprint app.db)" "" "nothing is left on SQLite"
same "$(pg_tables shop)" "$empty" "nothing is left on PostgreSQL"
same "$(mysql_client -N -e "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'shop' AND table_name NOT LIKE 'migrate%'")" 0 \
    "nothing is left on MariaDB"

finish
