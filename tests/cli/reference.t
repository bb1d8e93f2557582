#!/usr/bin/env bash
# The reference project's revisions lead from nothing to its models, and back.
. "$(dirname "$0")/../support/tap.sh"
cat >migrate.ini <<I
[migrate]
script_location = %(here)s
version_locations = $ROOT/versions
url = sqlite:///shop.db
models = %(here)s/model.json
I
cp "$ROOT/versions/models/shop_v1.json" model.json
run migrate upgrade 1975ea
exits 0 "the first revision"
run migrate diff
exits 0 "makes the first model"
sqlite3 -bail shop.db <"$ROOT/versions/models/shop_rows.sql"
ok "its rows load"
first=$(fingerprint shop.db) first_rows=$(rows shop.db)
cp "$ROOT/versions/models/shop.json" model.json
run migrate upgrade head
exits 0 "the second revision"
run migrate check
exits 0 "makes the second model"
same "$(sqlite3 shop.db 'PRAGMA foreign_key_check; PRAGMA integrity_check; SELECT count(*) FROM order_products')" "ok
4" "every row is there"
run migrate downgrade 1975ea
exits 0 "back to the first"
same "$(rows shop.db)" "$first_rows" "with its rows"
cp "$ROOT/versions/models/shop_v1.json" model.json
run migrate diff
exits 0 "and its model"
run migrate downgrade base
same "$(fingerprint shop.db)" "" "down to nothing"
finish
