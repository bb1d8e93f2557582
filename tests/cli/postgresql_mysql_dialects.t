#!/usr/bin/env bash
# dialects = sqlite, postgresql, mariadb: developed on SQLite, in production on the others, from one folder of SQL
# revisions. Each database is asked whether it is as the model says, by `check` and by its own catalog.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/several-dialects.sh"

project shop "dialects = sqlite, postgresql, mariadb"
cp "$SHOP/first.json" migrations/models.json
run migrate revision --autogenerate -m first --rev-id 0001
exits 0 "a first revision, compared with SQLite alone"
first=$(cat migrations/versions/0001_first.sql)
case $first in *"migrate:up dialect:sqlite"*"migrate:up dialect:postgresql"*"CREATE TYPE order_status AS ENUM"*"migrate:up dialect:mariadb"*"ENUM('pending','paid')"*"migrate:down dialect:sqlite"*) true ;; *) printf '%s\n' "$first" | sed 's/^/# /'; false ;; esac
ok "has a section for each dialect in its own words"
shop_is_there

shop_changes

# --- compared with PostgreSQL, then with MariaDB ---
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
# an enum that no table has yet does not show on SQLite at all
run migrate revision --autogenerate -m nothing
exits 0 "the same model once more"
silent "makes no revision"
cp migrations/models.json fifth.json
sed -i 's/^ *"tables": \[/ "enums": [{"name": "size", "values": ["s", "l"]}],\n&/' migrations/models.json
run migrate revision --autogenerate -m sixth --rev-id 0006
says "does not show on sqlite" "an enum without a column: a change for PostgreSQL alone"
sed -i 's/"s", "l"/"s", "m", "l"/' migrations/models.json
everywhere "upgrade" upgrade head
run migrate revision --autogenerate -m seventh --rev-id 0007
says "does not show on sqlite" "and when its values change"
everywhere "upgrade" upgrade head
everywhere "the model with that enum" check
everywhere "downgrade" downgrade 0005
everywhere "as the fifth model says" -x models="$PWD/fifth.json" diff
everywhere "downgrade" downgrade 0004
everywhere "as the fourth model says" -x models="$PWD/fourth.json" diff
everywhere "downgrade" downgrade 0003
everywhere "as the third model says" -x models="$PWD/third.json" diff
everywhere "downgrade" downgrade 0002
everywhere "as the second model says" -x models="$SHOP/second.json" diff

goes_to_base shop

finish
