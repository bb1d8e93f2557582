#!/usr/bin/env bash
# The main job, as a person does it: every command on the reference project.
. "$(dirname "$0")/../support/tap.sh"
shop=$ROOT/versions/models

mkdir shop && cd shop || exit 1
run migrate list_templates
exits 0 "list_templates"
prints generic "names the generic template"
run migrate init --url sqlite:///shop.db
exits 0 "init"
[ -f migrate.ini ] && [ -f migrations/models.json ] && [ -d migrations/versions ]; ok "init writes its files"
before=$(find . -type f -exec cat {} + | sort)
run migrate init
exits 1 "a second init"
says "migrate.ini" "names the file that exists"
same "$(find . -type f -exec cat {} + | sort)" "$before" "and changes nothing"
run migrate check
exits 0 "the starter model is valid and empty"
run migrate current
exits 0 "current without a database"
silent "says nothing"
[ ! -e shop.db ]; ok "reading commands create no database"

cp "$shop/shop_v1.json" migrations/models.json
run migrate check
exits 3 "check finds the missing tables"
prints orders "and names them"
run migrate revision --autogenerate -m "create the shop" --rev-id 0001
exits 0 "autogenerate"
same "$out" "$(ls "$PWD"/migrations/versions/0001_create_the_shop.sql)" "prints the path of the file"
run migrate check
exits 3 "check tells pending revisions"
prints "pending" "as such"
run migrate revision --autogenerate -m again
exits 1 "autogenerate wants the database at head"
says "migrate upgrade head" "and says what to do"
run migrate status
prints "pending" "status before"
run migrate upgrade --dry-run head
exits 0 "a dry run"
prints "CREATE TABLE" "prints the statements"
[ -z "$(fingerprint shop.db 2>/dev/null)" ]; ok "and runs none"
run migrate upgrade head
exits 0 "upgrade"
run migrate upgrade head
exits 0 "upgrade again"
prints "nothing to do" "finds nothing to do"
run migrate current
same "$out" "0001 (head)" "current"
run migrate current --check-heads
exits 0 "at head"
run migrate check
exits 0 "no difference"
sqlite3 -bail shop.db <"$shop/shop_rows.sql"
ok "rows"
first=$(fingerprint shop.db) first_rows=$(rows shop.db)

cp "$shop/shop.json" migrations/models.json
run migrate diff --format ops
exits 3 "diff"
run migrate diff
prints "ALTER TABLE" "prints SQL"
run migrate diff --json
exits 3 "diff --json"
run migrate revision --autogenerate -m "people stay, phones, handlers" --rev-id 0002
exits 0 "the second revision"
grep -q 'foreign-keys:off' migrations/versions/0002_*.sql; ok "holds a table rebuild"
run migrate upgrade +1
exits 0 "upgrade +1"
run migrate check
exits 0 "no difference"
same "$(sqlite3 shop.db 'PRAGMA foreign_key_check; PRAGMA integrity_check')" ok "the database is sound"
same "$(sqlite3 shop.db 'SELECT count(*) FROM order_totals')" 3 "the view works"
run migrate history
same "$out" "0001 -> 0002 (head), people stay, phones, handlers
<base> -> 0001, create the shop" "history"
run migrate history -i -r 0001:
prints "(current)" "history -i marks the current one"
run migrate heads
same "$out" "0002 (head)" "heads"
run migrate show 0002
prints "-- migrate:up" "show prints the file"
run migrate status
exits 0 "status"
prints "applied" "all applied"
run migrate downgrade -1
exits 0 "downgrade -1"
same "$(sqlite3 shop.db 'SELECT * FROM users; SELECT * FROM orders')" "$(sqlite3 shop.db 'SELECT id, email, name, department_id, is_active, created_at FROM users; SELECT id, customer_id, status, placed_at, note FROM orders')" "no column is left"
same "$(rows shop.db)" "$first_rows" "every row is what it was"
run migrate upgrade head
run migrate downgrade base
exits 0 "downgrade base"
same "$(fingerprint shop.db)" "" "nothing is left"
run migrate current
silent "current is empty"
run migrate upgrade head
exits 0 "and up again"

# An edited file, comments aside.
sed -i 's/^-- Message.*/-- Message: another message/; s/$/\r/' migrations/versions/0001_*.sql
run migrate status
exits 0 "comments and line ends may change"
echo 'CREATE TABLE more (x);' >more.sql
sed -i '/^-- migrate:down/{
r more.sql
N
}' migrations/versions/0001_*.sql
run migrate status
exits 3 "an edited file is found"
prints "edited" "and called so"
migrate -q revision -m later --rev-id 0003 >/dev/null
run migrate upgrade head
exits 1 "upgrade refuses an edited file"
says "0001" "and names it"
run migrate upgrade --allow-edited head
exits 0 "unless told otherwise"

# A missing file.
rm migrations/versions/0003_*.sql
run migrate status
exits 3 "a missing file is found"
prints "missing" "and called so"
run migrate upgrade head
exits 0 "a database that is ahead of the files (a rolled-back deploy) is left alone"
says "'0003' has no file" "and upgrade says why"
run migrate downgrade 0002
exits 0 "it can be taken down all the same"
run migrate current
same "$out" "0002 (head)" "back at 0002"

# Offline SQL does what a run does.
new_project offline
cp "$shop/shop.json" migrations/models.json
migrate -q revision --autogenerate -m all --rev-id 0001 >/dev/null
migrate upgrade --sql head >up.sql 2>/dev/null
sqlite3 -bail piped.db <up.sql
ok "the SQL of upgrade --sql runs in sqlite3"
migrate -q upgrade head >/dev/null
same "$(fingerprint piped.db)" "$(fingerprint app.db)" "and makes the same schema"
same "$(sqlite3 piped.db 'SELECT * FROM migrate_version; SELECT revision, direction, state, statements_done, statements_total, blob_id, token_hash, down_script FROM migrate_history')" \
    "$(sqlite3 app.db 'SELECT * FROM migrate_version; SELECT revision, direction, state, statements_done, statements_total, blob_id, token_hash, down_script FROM migrate_history')" "and the same rows of its own"
migrate downgrade --sql 0001:base >down.sql 2>/dev/null
sqlite3 -bail piped.db <down.sql
ok "the SQL of downgrade --sql runs in sqlite3"
same "$(fingerprint piped.db)" "" "and leaves nothing"
run migrate upgrade --sql head --url postgresql://nobody@localhost:1/x
exits 0 "--sql for another dialect needs no server"
prints "BEGIN;
SET LOCAL lock_timeout = 5000;" "and says what a transaction begins with there"

# create_all and stamp.
run migrate create_all --url sqlite:///new.db --stamp
exits 0 "create_all --stamp"
run migrate current --url sqlite:///new.db
same "$out" "0001 (head)" "the new database is at head"
run migrate check --url sqlite:///new.db
exits 0 "and has no difference"
run migrate create_all --url sqlite:///new.db
prints "nothing is missing" "create_all again"
sqlite3 new.db 'DROP TABLE order_products; DROP VIEW order_totals; ALTER TABLE users ADD COLUMN extra'
run migrate create_all --url sqlite:///new.db
exits 0 "creates what is missing"
same "$(sqlite3 new.db "SELECT count(*) FROM pragma_table_info('users') WHERE name = 'extra'")" 1 "and drops nothing"
run migrate stamp base --url sqlite:///new.db
exits 0 "stamp base"
run migrate current --url sqlite:///new.db
silent "current is empty"
run migrate ensure_version --url sqlite:///fresh.db
exits 0 "ensure_version"
same "$(sqlite3 fresh.db "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'migrate%' ORDER BY 1")" "migrate_history
migrate_version" "creates two tables"

# Alembic's version table is taken as it is.
sqlite3 adopted.db "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES ('0001')"
run migrate -x version_table=alembic_version current --url sqlite:///adopted.db
same "$out" "0001 (head)" "an Alembic database is adopted"

# Renames.
new_project rename
model <<'J'
{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "amount", "type": "Integer"}]}]}
J
migrate -q revision --autogenerate -m one --rev-id 0001 >/dev/null
migrate -q upgrade head >/dev/null
sqlite3 app.db 'INSERT INTO a VALUES (1, 42)'
sed -i 's/amount/total/' migrations/models.json
run migrate revision --autogenerate -m two
exits 1 "a likely rename is refused without a terminal"
says "--rename a.amount:" "and the flag is named"
run migrate revision --autogenerate -m two --rename a.amount:total --rev-id 0002
exits 0 "--rename"
run migrate upgrade head
same "$(sqlite3 app.db 'SELECT total FROM a')" 42 "the data moved along"
sed -i 's/"name": "a"/"name": "b", "renamed_from": "a"/' migrations/models.json
run migrate revision --autogenerate -m three --rev-id 0003
exits 0 "renamed_from"
run migrate upgrade head
same "$(sqlite3 app.db 'SELECT total FROM b')" 42 "the table is renamed"
run migrate check
exits 0 "renamed_from may stay"
run migrate downgrade 0001
same "$(sqlite3 app.db 'SELECT amount FROM a')" 42 "and back"

# Two columns that trade names look the same as two that did not.
new_project swap
model <<'J'
{"tables": [{"name": "t", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "a", "type": "Text"}, {"name": "b", "type": "Text"}]}]}
J
migrate -q revision --autogenerate -m one --rev-id 0001 >/dev/null
migrate -q upgrade head >/dev/null
run migrate check
same "$err" "" "check is silent"
sed -i 's/"name": "a"/"name": "a", "renamed_from": "b"/; s/"name": "b", "type"/"name": "b", "renamed_from": "a", "type"/' migrations/models.json
run migrate check
exits 0 "a swap by renamed_from"
says "t.a: renamed_from 'b' is left aside" "is not done, and that is said"

# Hooks on new revision files, and settings that this build refuses.
new_project hooks
cat >>migrate.ini <<'I'

[post_write_hooks]
hooks = stamp
stamp.type = exec
stamp.executable = sh
stamp.options = -c 'echo "-- seen by a hook" >>"$0"' REVISION_SCRIPT_FILENAME
I
run migrate revision -m hooked --rev-id 0001
exits 0 "a hook runs"
same "$(tail -1 migrations/versions/0001_hooked.sql)" "-- seen by a hook" "on the new file"
sed -i 's/^stamp.options.*/stamp.options = -c "exit 3"/' migrate.ini
run migrate revision -m hooked --rev-id 0002
exits 1 "a hook that fails"
says "'stamp' failed" "is named"
sed -i 's/^stamp.executable.*//' migrate.ini
run migrate revision -m hooked --rev-id 0003
exits 1 "a hook without a program"
[ ! -e migrations/versions/0003_hooked.sql ]; ok "is refused before the file is written"
run migrate -x dialects=sqlite,postgresql revision -m x
exits 1 "dialects that are not in this build"
run migrate -x include_schemas=other inspect
exits 1 "schemas that SQLite has not"
run migrate -x transaction=all upgrade head
exits 0 "transaction = all"

# What SQLite cannot store is said when a revision is written, and with -v.
new_project notes
model <<'J'
{"tables": [{"name": "a", "comment": "people", "columns": [{"name": "id", "type": "Integer", "primary_key": true, "comment": "number"}]}],
 "sequences": [{"name": "s"}]}
J
run migrate revision --autogenerate -m one
exits 0 "a model with comments and a sequence"
says "comment" "the note speaks of comments"
says "sequence" "and of the sequence"
migrate -q upgrade head >/dev/null
run migrate check
exits 0 "they are no difference"
same "$err" "" "and check is silent about them"
run migrate -v check
says "comment" "but with -v"

# Settings.
cd "$WORK/rename" || exit 1
run migrate --echo upgrade head
case $err in *"ALTER TABLE"*" ms"*) true ;; *) explain; false ;; esac; ok "--echo prints statements and times"
run migrate upgrade head --json
same "$(printf '%s' "$out" | tr -d ' \n')" '{"command":"upgrade","revisions":[],"current":["0003"],"waited":false}' "--json"
run migrate upgrade nonsense --json
exits 1 "an error with --json"
prints '"error"' "is one document"
run migrate --version
prints "migrate " "--version"
run migrate
exits 2 "no command"
run migrate help upgrade
prints "usage: migrate upgrade" "help"
run migrate split "$ROOT/tests/fixtures/sakila.sql"
exits 0 "split"
same "$(printf 'SELECT 1; SELECT 2' | migrate split - | grep -c '^SELECT')" 2 "split reads standard input"
same "$(printf '%s\n' "$out" | grep -c '^-- .*sakila.sql:')" "$(grep -cE '^(CREATE)' "$ROOT/tests/fixtures/sakila.sql")" "counts the statements"

# One document with --json, whatever the command.
one_document() { [ "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$WORK/.out') AS TEXT))")" = 1 ]; }
run migrate --json
one_document; ok "--json without a command is one document"
exits 2 "and wrong usage"
prints '"migrate-base-error"' "with the domain of the error"
for words in --version --help "upgrade --help" "help upgrade" "completion bash" list_templates; do
    run migrate --json $words
    one_document; ok "--json $words is one document"
done

# A space in the name of the script directory, and a message of several lines.
mkdir "$WORK/a space" && cd "$WORK/a space" || exit 1
run migrate init --url "sqlite:///my app.db" "my, migrations"
run migrate check
exits 0 "a script directory with a space and a comma"
run migrate revision -m "$(printf 'one\nDROP TABLE two;')" --rev-id m001
run migrate check --json
one_document; ok "check --json with a pending revision is one document"
prints '"revision": "m001"' "and tells it as an object"
run migrate upgrade --dry-run head
same "$out" "-- upgrade m001 one" "a dry run shows one line of a message"
run migrate upgrade head
case $out in *two*) false ;; *) true ;; esac; ok "so does upgrade"
run migrate status
same "$(printf '%s\n' "$out" | wc -l)" 1 "status is a line per revision"
run migrate revision -m left --rev-id m00a
run migrate revision -m right --rev-id m00b --head m001 --splice
run migrate revision -m both --rev-id m00c --head heads
run migrate history
prints "m00a, m00b -> m00c (head) (mergepoint), both" "history names both parents of a merge"

# Offline, nothing is known of the database.
run migrate upgrade --sql current:head
exits 1 "--sql does not know 'current'"
says "name the revision" "and says what to do"
run migrate upgrade --sql head:base
says "nothing to do" "--sql with nothing to print says so"
run migrate inspect no_such_table
says "no_such_table" "inspect warns of a name that matches nothing"
finish
