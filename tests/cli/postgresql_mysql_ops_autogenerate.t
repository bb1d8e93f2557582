#!/usr/bin/env bash
# revision_format = ops: a model becomes operations, compared with SQLite alone; they run on SQLite, PostgreSQL and
# MariaDB, and each database is then asked whether it is as the model says, by `check` and by its own catalog.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/several-dialects.sh"

project shop "revision_format = ops"
cp "$SHOP/first.json" migrations/models.json
run migrate revision --autogenerate -m first --rev-id 0001
exits 0 "a first revision, compared with SQLite alone"
file=migrations/versions/0001_first.json
case $(cat "$file") in *'"type": "Enum(order_status)"'*'"type": {"default": "JSON", "postgresql": "JSONB"}'*'"server_default": {"default": "true", "sqlite": "1"}'*) true ;; *) sed 's/^/# /' "$file"; false ;; esac
ok "says it in the words of the model"
shop_is_there

shop_changes

# --- what SQLite does not store, or is for another dialect: told by the revisions themselves ---
python3 - <<'S'
import re
text = open("migrations/models.json").read()
text = text.replace('"all orders"', '"every order"').replace('"postgresql": "JSONB"', '"postgresql": "JSON"')
text = text.replace('"values": ["ok", "sad"]', '"values": ["ok", "sad", "so so"]').replace(', "comment": "sum"', "")
text = re.sub(r',\s*{"name": {"postgresql": "ix_orders_payload"}[^}]*}', "", text)
open("migrations/models.json", "w").write(text)
S
run migrate revision --autogenerate -m third --rev-id 0003
exits 0 "a third revision"
everywhere "upgrade" upgrade head
everywhere "the model with other comments, and another type for PostgreSQL" check
same "$(psql_rows shop "SELECT obj_description('orders'::regclass), format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'payload'")" \
    "every order|json" "as PostgreSQL itself says"
same "$(sql_rows shop "SELECT table_comment FROM information_schema.tables WHERE table_schema = 'shop' AND table_name = 'orders'")" \
    "every order" "and MariaDB"
everywhere "downgrade" downgrade 0002
everywhere "as the second model says" -x models="$SHOP/second.json" diff
everywhere "and up again" upgrade head
sed -i 's/"every order"/"each order"/' migrations/models.json
run migrate revision --autogenerate -m comment --rev-id 00031
says "does not show on sqlite" "only a comment: a change for the others"
everywhere "upgrade" upgrade head
everywhere "the other comment" check
run migrate revision --autogenerate -m nothing
exits 0 "the same model once more"
silent "makes no revision"

# --- compared with PostgreSQL, then with MariaDB ---
python3 - <<'S'
text = open("migrations/models.json").read()
text = text.replace('"type": "Enum(mood)"}, {"name": "body", "type": "Text"}', '"type": "String(10)"}, {"name": "title", "type": "Text", "renamed_from": "body"}')
text = text.replace('"sad", "so so"', '"sad", "so so", "fine"').replace("'a', 'b', 'c'", "'a', 'b', 'c', 'd'")
text = text.replace('{"name": "ix_orders_dt", "columns": ["dt"]}', '{"name": "ix_orders_t", "columns": ["t"], "unique": true}')
open("migrations/models.json", "w").write(text)
S
run migrate --url "$PG" revision --autogenerate -m fourth --rev-id 0004
exits 0 "a revision from PostgreSQL"
everywhere "upgrade" upgrade head
everywhere "the model" check
python3 - <<'S'
text = open("migrations/models.json").read()
text = text.replace("'a', 'b', 'c', 'd'", "'b', 'c', 'd'").replace('"pending", "paid", "shipped"', '"pending", "paid", "shipped", "lost"')
text = text.replace('"indexes": [', '"unique_constraints": [{"name": "uq_orders_f", "columns": ["f", "d"]}], "indexes": [')
text = text.replace('{"name": "notes",', '{"name": "remarks", "renamed_from": "notes",')
open("migrations/models.json", "w").write(text)
S
run migrate --url "$MY" revision --autogenerate -m fifth --rev-id 0005
exits 0 "a revision from MariaDB"
everywhere "upgrade" upgrade head
everywhere "the model" check
everywhere "downgrade" downgrade 0002
everywhere "as the second model says" -x models="$SHOP/second.json" diff

goes_to_base shop

# --- every type, keys that refer to each other in a circle, numbers, and what is per dialect ---
project every "revision_format = ops"
model <<'S'
{"enums": [{"name": "size", "values": ["s", "it's"]}],
 "tables": [
  {"name": "every", "comment": "it's \"every\" type", "columns": [
    {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(5)"},
    {"name": "si", "type": "SmallInteger", "server_default": "-1"}, {"name": "bi", "type": "BigInteger"},
    {"name": "fl", "type": "Float"}, {"name": "fl2", "type": "Float(24)"}, {"name": "db", "type": "Double"},
    {"name": "nu", "type": "Numeric"}, {"name": "nu2", "type": "Numeric(8, 3)", "server_default": "1.500"},
    {"name": "bo", "type": "Boolean", "server_default": "true"}, {"name": "st", "type": "String(255)", "server_default": "'a''b'"},
    {"name": "tx", "type": "Text"}, {"name": "un", "type": "Unicode(30)", "server_default": "'ä'"}, {"name": "ut", "type": "UnicodeText"},
    {"name": "lb", "type": "LargeBinary"}, {"name": "lb2", "type": "LargeBinary(16)"}, {"name": "da", "type": "Date"},
    {"name": "ti", "type": "Time"}, {"name": "ti2", "type": "Time(timezone=true)"}, {"name": "ti3", "type": "Time(precision=3)"},
    {"name": "dt", "type": "DateTime"}, {"name": "dt2", "type": "DateTime(timezone=true)", "server_default": "CURRENT_TIMESTAMP"},
    {"name": "dt3", "type": "DateTime(precision=3)"},
    {"name": "js", "type": "JSON"}, {"name": "uu", "type": "Uuid"}, {"name": "en", "type": "Enum(size)", "server_default": "'it''s'"},
    {"name": "en2", "type": "Enum('x', 'y')", "nullable": false},
    {"name": "iv", "type": {"default": "Interval", "mysql": "BIGINT"}},
    {"name": "own", "type": {"default": "Text", "postgresql": "INET", "mysql": "MEDIUMTEXT"}, "comment": "per dialect"},
    {"name": {"postgresql": "tags"}, "type": {"default": "Text", "postgresql": "ARRAY(Text)"}}],
   "primary_key": {"columns": ["a", "b"]},
   "unique_constraints": [{"columns": ["si", "bi"]}],
   "check_constraints": [{"name": "ck_bi", "expression": "bi > 0 OR bi IS NULL"}, {"name": {"postgresql": "ck_own"}, "expression": "host(own) <> ''"}],
   "options": {"sqlite": {"strict": false}, "mysql": {"row_format": "DYNAMIC"}, "postgresql": {"with": {"fillfactor": 70}}}},
  {"name": "hens", "columns": [{"name": "id", "type": "Integer", "primary_key": true},
    {"name": "egg_id", "type": "BigInteger"}],
   "foreign_keys": [{"name": "fk_hen_egg", "columns": ["egg_id"], "referred_table": "eggs", "referred_columns": ["id"], "ondelete": "SET NULL"}]},
  {"name": "eggs", "columns": [{"name": "id", "type": "BigInteger", "primary_key": true, "autoincrement": true},
    {"name": "hen_id", "type": "Integer", "index": true},
    {"name": "half", "type": "Integer", "computed": {"expression": "hen_id / 2"}}],
   "foreign_keys": [{"name": "fk_egg_hen", "columns": ["hen_id"], "referred_table": "hens", "referred_columns": ["id"]}]}],
 "sequences": [{"name": "numbers", "start": 5, "increment": 2}],
 "objects": [{"kind": "view", "name": "eggs_of_hens", "depends_on": ["hens"],
   "definition": {"default": "CREATE VIEW eggs_of_hens AS SELECT id, egg_id FROM hens", "postgresql": "CREATE VIEW eggs_of_hens AS SELECT id, egg_id::text AS egg_id FROM hens"}}]}
S
cp migrations/models.json first.json
run migrate revision --autogenerate -m first --rev-id 0001
exits 0 "every type"
everywhere "upgrade" upgrade head
everywhere "the model" check
python3 - <<'S'
text = open("migrations/models.json").read()
for old, new in [('"Numeric(8, 3)", "server_default": "1.500"', '"Numeric(9, 3)"'), ('"String(255)"', '"String(300)"'),
                 ('"Float(24)"', '"Double"'), ('"mysql": "MEDIUMTEXT"', '"mysql": "LONGTEXT"'), ('"comment": "per dialect"', '"comment": "by dialect"'),
                 ('"s", "it\'s"', '"s", "it\'s", "l"'), ("'x', 'y'", "'x', 'y', 'z'"), ('"si", "bi"', '"si"'), ('"start": 5, ', ""),
                 ('"ondelete": "SET NULL"', '"ondelete": "CASCADE"'), ('hen_id / 2', 'hen_id / 3'), ("bi > 0", "bi > 1"), ("host(own) <> ''", "host(own) <> '::'"),
                 ("SELECT id, egg_id FROM", "SELECT egg_id, id FROM"), ('"fillfactor": 70', '"fillfactor": 80')]:
    assert old in text, old
    text = text.replace(old, new)
open("migrations/models.json", "w").write(text)
S
run migrate revision --autogenerate -m second --rev-id 0002
exits 0 "changed"
everywhere "upgrade" upgrade head
everywhere "the changed model" check
everywhere "downgrade" downgrade 0001
everywhere "as the first model says" -x models="$PWD/first.json" diff
everywhere "up" upgrade head
goes_to_base every

# --- SQL first, operations from then on: what was before is worked out ---
project mixed "dialects = sqlite, postgresql, mariadb"
cp "$SHOP/first.json" migrations/models.json
run migrate revision --autogenerate -m first --rev-id 0001
run migrate upgrade head
cp "$SHOP/second.json" migrations/models.json
run migrate revision --autogenerate -m second --rev-id 0002 --format ops
exits 1 "operations for an enum that SQL made"
says "enum 'order_status' was made by a revision in SQL" "are refused with the reason"
rm migrations/versions/* app.db
sed 's/"Enum(order_status)"/"String(20)"/; /"enums"/d' "$SHOP/first.json" >first.json
python3 - <<'S'
text = open("first.json").read()
text = text.replace('"Unicode(20)"', '"Unicode(40)"').replace('{"name": "age", "type": "Integer"}', '{"name": "age", "type": "Integer"}, {"name": "nick", "type": "String(9)", "index": true}')
text = text.replace("SELECT id FROM orders", "SELECT id, total FROM orders").replace('"total >= 0"', '"total > 0"')
text = text.replace('"tables": [', '"tables": [{"name": "notes", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "order_id", "type": "Integer", "foreign_key": "orders.id"}]},')
open("second.json", "w").write(text)
S
cp first.json migrations/models.json
run migrate revision --autogenerate -m first --rev-id 0001
exits 0 "SQL sections"
everywhere "upgrade" upgrade head
cp second.json migrations/models.json
run migrate revision --autogenerate -m second --rev-id 0002 --format ops
exits 0 "operations behind SQL"
says "--format sql" "which is surer, it says"
everywhere "upgrade" upgrade head
everywhere "the model" check
everywhere "downgrade" downgrade 0001
everywhere "as the first model says" -x models="$PWD/first.json" diff

finish
