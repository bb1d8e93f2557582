#!/usr/bin/env bash
# Revisions of operations on SQLite, mixed with SQL: up and down, --sql, --dry-run, lost and edited files, tables that no
# revision knows, rows.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/ops-history.sh"

# --- up, down, and the same by the database's own client ---
new_project mixed
ops_history
run migrate upgrade head
exits 0 "a history of operations and SQL"
[ "$status" = 0 ] || explain
whole=$(fingerprint app.db)
same "$(sqlite3 app.db "SELECT id, name, born FROM author ORDER BY id")" '1|Ada|1815-12-10
2|it'"'"'s "Grace"|' "bulk_insert's rows"
same "$(sqlite3 app.db "SELECT title, pages, kind FROM book")" 'Notes; all of them|66|novel' "rows live through the rebuild"
same "$(sqlite3 app.db "PRAGMA foreign_key_check; PRAGMA integrity_check")" ok "the database is sound"
sql=$(migrate upgrade --sql head)
sqlite3 -bail other.db <<<"$sql" >/dev/null
ok "upgrade --sql runs in sqlite3"
same "$(fingerprint other.db)" "$whole" "and gives the same schema"
same "$(rows other.db)" "$(rows app.db)" "and the same rows"
run migrate downgrade base
exits 0 "down to base"
same "$(fingerprint app.db)" "" "nothing is left"
run migrate upgrade head
exits 0 "up again"
same "$(fingerprint app.db)" "$whole" "the same schema as before"
sql=$(migrate downgrade --sql head:base)
sqlite3 -bail other.db <<<"$sql" >/dev/null
ok "downgrade --sql runs in sqlite3"
same "$(fingerprint other.db)" "" "and leaves nothing"
for spec in 0002 0001 0003 0002 base head; do
    run migrate downgrade "$spec"
    run migrate upgrade "$spec"
done
exits 0 "to and fro"
same "$(fingerprint app.db)" "$whole" "ends where it was"

# --- what is told before is what runs ---
migrate -q downgrade base >/dev/null
statements() { grep -v '^--' | grep -v '^$' | sort; }
dry=$(migrate upgrade --dry-run head)
run migrate upgrade --dry-run head
prints "versions/0003_alter.json:5" "--dry-run gives the operation's place"
echoed=$(migrate --echo upgrade head 2>&1 >/dev/null)
missing=
while IFS= read -r line; do
    case $line in ''|--*|*VALUES*|*[0-9]*1815*) continue ;; esac
    case $echoed in *"${line%;}"*) ;; *) missing="$missing$line" ;; esac
done <<<"$dry"
same "$missing" "" "--echo shows every line of --dry-run"

# --- a lost file: the way down is in the history table ---
migrate -q downgrade base >/dev/null; migrate -q upgrade head >/dev/null
mkdir lost; mv migrations/versions/0003_alter.json migrations/versions/0004_view.sql migrations/versions/0001_create.json lost/
run migrate downgrade base
[ "$status" != 0 ]; ok "0002 has lost what it stands on: refused"
mv lost/0001_create.json migrations/versions/
run migrate downgrade 0001
exits 0 "down without the files"
[ "$status" = 0 ] || explain
same "$(sqlite3 app.db "SELECT sql FROM sqlite_schema WHERE name = 'author'" | grep -c 'VARCHAR(40)')" 1 "the recorded way down has run"
mv lost/* migrations/versions/
run migrate upgrade head
exits 0 "and up again with them"
same "$(fingerprint app.db)" "$whole" "the same schema"

# --- edited files ---
sed -i 's|// create|/* other words */ // create|; s|"nullable": false}|"nullable":   false}|' migrations/versions/0001_create.json
run migrate status
prints "" "status reads it"
run migrate upgrade head
exits 0 "comments and white space are no edit"
cp migrations/versions/0003_alter.json kept.json
sed -i 's/String(60)/String(70)/' migrations/versions/0003_alter.json
revision_file 0005 0004 more <<<'-- migrate:up
CREATE TABLE more (x);
-- migrate:down
DROP TABLE more;'
run migrate upgrade head
exits 1 "an edited operation is"
says "0003_alter.json" "and named"
run migrate status
prints edited "status tells, too"
run migrate downgrade 0002
exits 0 "an edited revision is taken down"
says "recorded then" "with what was recorded"
cp kept.json migrations/versions/0003_alter.json
run migrate upgrade head
exits 0 "and up"
run migrate downgrade base
exits 0 "and all down"
same "$(fingerprint app.db)" "" "nothing is left"

# --- show --sql ---
run migrate show 0003 --sql
exits 0 "show --sql"
prints "-- migrate:up foreign-keys:off" "a rebuild on SQLite"
prints "-- migrate:down" "and the way down"
run migrate show 0003 --sql --dialect postgresql --down
exits 0 "for another dialect"
prints "VARCHAR(40)" "what it becomes there"
case $out in *migrate:up*) false ;; esac; ok "--down is the way down alone"
run migrate show 0002 --sql --up
prints "ALTER TABLE book ADD COLUMN pages INTEGER;" "an SQL revision is its sections"
run migrate show 0003 --dialect mysql
exits 2 "--dialect without --sql"
run migrate show --json 0003 --sql --dialect mariadb
exits 0 "as JSON"
same "$(python3 -c 'import json,sys; d = json.load(sys.stdin)[0]; print(d["revision"], d["dialect"], "MODIFY" in d["upgrade"])' <<<"$out")" "0003 mariadb True" "with the SQL inside"
run migrate show --json 0003
same "$(python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["upgrade"][0]["op"])' <<<"$out")" alter_column "a revision's operations as JSON"

# --- mistakes ---
new_project mistakes
ops_history
ops_file 0005 0004 bad <<'JSON'
 "upgrade": [
  {"op": "drop_column", "table_name": "book", "column_name": "titel"}], "downgrade": []
JSON
run migrate upgrade head
exits 1 "a column that is not there"
says "0005_bad.json:4:" "is told with its place"
says "title" "and the nearest name"
run migrate current
same "$out" "" "nothing has run"
ops_file 0005 0004 bad <<'JSON'
 "upgrade": [{"op": "execute", "sqltext": "UPDATE book SET pages = 1; COMMIT"}], "downgrade": []
JSON
run migrate upgrade head
exits 1 "COMMIT in an execute"
says "0005_bad.json:3:" "is told with its place"
ops_file 0005 0004 bad <<'JSON'
 "upgrade": [{"op": "bulk_insert", "table_name": "author", "rows": [{"id": 7, "name": "Ada"}]}], "downgrade": []
JSON
run migrate upgrade head
exits 1 "a row that is there already"
says "0005_bad.json:3:" "is told with its place"
says "UNIQUE constraint failed: author.name" "and the server's words"
migrate -q downgrade base >/dev/null
run migrate -x transaction=all upgrade head
exits 1 "in one transaction"
same "$(fingerprint app.db)" "" "nothing of any revision stays"
finish
