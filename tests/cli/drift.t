#!/usr/bin/env bash
# A rebuild drops nothing that it does not know: what was added to one database by hand stops it there.
. "$(dirname "$0")/../support/tap.sh"
new_project drift
model <<'J'
{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "b", "type": "String(10)"}]}]}
J
migrate -q revision --autogenerate -m one --rev-id 0001 >/dev/null
migrate -q upgrade head >/dev/null
cp app.db other.db
sed -i 's/String(10)/String(20)/' migrations/models.json
migrate -q revision --autogenerate -m two --rev-id 0002 >/dev/null
sqlite3 other.db "INSERT INTO a VALUES (1, 'x')"
before=$(fingerprint other.db; rows other.db)
stopped() { # NAME, SQL that adds and SQL that takes back
    sqlite3 other.db "$2"
    local there
    there=$(fingerprint other.db; rows other.db)
    run migrate upgrade head --url sqlite:///other.db
    exits 1 "$1: the rebuild stops"
    says "table a has columns, indexes or triggers that this revision would drop unasked" "$1: and says why"
    same "$(fingerprint other.db; rows other.db)" "$there" "$1: nothing was changed"
    sqlite3 other.db "$3"
    same "$(fingerprint other.db; rows other.db)" "$before" "$1: taken back"
}
stopped "a column" "ALTER TABLE a ADD COLUMN extra; UPDATE a SET extra = 7" "ALTER TABLE a DROP COLUMN extra"
stopped "an index" "CREATE INDEX by_hand ON A (b)" "DROP INDEX by_hand"
stopped "a trigger" "CREATE TRIGGER by_hand AFTER INSERT ON a BEGIN SELECT 1; END" "DROP TRIGGER by_hand"
run migrate upgrade head --url sqlite:///other.db
exits 0 "without them it runs"
same "$(sqlite3 other.db "SELECT b FROM a; SELECT count(*) FROM sqlite_temp_schema")" "x
0" "and keeps its rows"
run migrate check --url sqlite:///other.db
exits 0 "and matches the model"
finish
