#!/usr/bin/env bash
# Bad input gets a clear error, exit 1 or 2, and nothing is changed.
. "$(dirname "$0")/../support/tap.sh"

# The last command failed with STATUS, said TEXT, and left everything as it was.
refused() { # STATUS TEXT NAME
    if [ "$status" != "$1" ]; then explain; false; else true; fi; ok "$3 (exit $1)"
    says "$2" "$3: says '$2'"
}
model_refused() { # TEXT NAME: the model on stdin
    model
    run migrate revision --autogenerate -m x
    refused 1 "$1" "$2"
    [ -z "$(ls migrations/versions/*.sql 2>/dev/null)" ]; ok "$2: no revision was written"
    [ ! -e app.db ]; ok "$2: no database was created"
}
new_project models
model_refused "models.json" "empty model" </dev/null
model_refused "models.json:1:1" "binary model" < <(head -c 300 /dev/zero)
model_refused "models.json:2" "broken JSON" <<'J'
{"tables": [
 {"name": "a" "columns": []}]}
J
model_refused "tables[0].columns[0].nullable" "JSON with a wrong type" <<'J'
{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Integer", "nullable": "no"}]}]}
J
model_refused "server_default" "an unknown key names the nearest" <<'J'
{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Integer", "server_defalt": "1"}]}]}
J
model_refused "Integer" "an unknown type names the nearest" <<'J'
{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Interger"}]}]}
J
model_refused "the name 'A' of this table is taken" "duplicate tables" <<'J'
{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Integer"}]}, {"name": "A", "columns": [{"name": "id", "type": "Integer"}]}]}
J
model_refused "a second column 'ID'" "duplicate columns" <<'J'
{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Integer"}, {"name": "ID", "type": "Integer"}]}]}
J
model_refused "nowhere" "a foreign key to nowhere" <<'J'
{"tables": [{"name": "a", "columns": [{"name": "b", "type": "Integer", "foreign_key": "nowhere.id"}]}]}
J
printf '{"tables": [{"nmae": 1,\n "columns": 3},\n {"name": "b", "columns": [{"name": 4}]}]}' | model
run migrate check
exits 1 "several mistakes"
[ "$(printf '%s\n' "$err" | grep -c 'models.json:[0-9]*:[0-9]*')" -ge 4 ]; ok "all mistakes in one run"
printf '\357\273\277{"tables": [\r\n{"name": "a", "columns": [{"name": "id", "type": "Integer"}]}]}\r\n' | model
run migrate revision --autogenerate -m "crlf and bom"
exits 0 "a byte order mark and CRLF are fine"
run migrate upgrade head
exits 0 "and applies"
mkdir -p dir.json
run migrate -x models=dir.json check
refused 1 "dir.json" "a model that is a folder"
run migrate -x models=none.json check
refused 1 "none.json" "a model that is not there"
run migrate -x models='exec:exit 3' check
refused 1 "exit 3" "exec: that fails"
if [ "$(id -u)" != 0 ]; then
    touch secret.json && chmod 0 secret.json
    run migrate -x models=secret.json check
    refused 1 "secret.json" "an unreadable model"
else
    skip "an unreadable model" "root reads everything"
fi

new_project config
printf '[migrate]\nscript_locaton = x\n' >migrate.ini
run migrate heads
refused 1 "script_location" "an unknown key of migrate.ini"
says "migrate.ini:2" "and its line"
printf '[migrate\nurl = x\n' >migrate.ini
run migrate heads
refused 1 "migrate.ini" "a broken section"
head -c 200 /dev/zero >migrate.ini
run migrate heads
refused 1 "migrate.ini" "a binary migrate.ini"
rm migrate.ini && mkdir migrate.ini
run migrate -c migrate.ini heads
refused 1 "migrate.ini" "migrate.ini that is a folder"
rmdir migrate.ini
cd "$WORK" || exit 1
run migrate heads
refused 1 "migrate init" "no migrate.ini"

for url in 'sqlite' 'nosql:///x' 'sqlite:/x.db' 'postgresql://user:p@ss@host/db' ''; do
    run migrate inspect --url "$url"
    [ "$status" = 1 ] || [ "$status" = 2 ] || explain
    [ "$status" = 1 ] || [ "$status" = 2 ]; ok "URL '$url' is refused"
done
run migrate inspect --url 'postgresql://user:topsecret@127.0.0.1/db'
exits 1 "a database that this build cannot talk to"
case $err$out in *topsecret*) false ;; *) true ;; esac; ok "the password is not printed"

new_project revisions
revision_file aa '' one <<<'-- migrate:up'
revision_file bb cc two <<<'-- migrate:up'
run migrate upgrade head
refused 1 "cc" "a missing ancestor"
says "bb_two.sql" "and names the file"
revision_file bb aa two <<<'-- migrate:up'
cp migrations/versions/bb_two.sql migrations/versions/copy.sql
run migrate upgrade head
refused 1 "copy.sql" "two revisions with one id"
rm migrations/versions/copy.sql
revision_file aa bb one <<<'-- migrate:up'
run migrate upgrade head
refused 1 "aa" "a cycle"
revision_file aa '' one <<<'-- migrate:upp'
run migrate upgrade head
refused 1 "aa_one.sql" "a marker with a typo"
revision_file aa '' one <<'S'
-- migrate:up
CREATE TABLE t (x);
CREATE TABLE u (x;
S
run migrate upgrade aa
refused 1 "aa_one.sql:8" "a syntax error names file and line"
same "$(fingerprint app.db)" "" "and nothing of it stays"
revision_file aa '' one <<'S'
-- migrate:up
CREATE TABLE t (x);
SELECT 'never closed;
S
run migrate upgrade aa
refused 1 "aa_one.sql:" "an unfinished string"
revision_file aa '' one <<'S'
-- migrate:up
BEGIN;
CREATE TABLE t (x);
COMMIT;
S
run migrate upgrade aa
refused 1 "BEGIN" "transaction control in a revision"
head -c 5000 /dev/urandom >migrations/versions/zz.sql
run migrate upgrade aa
[ "$status" = 1 ]; ok "a binary revision file"
rm migrations/versions/zz.sql
revision_file aa '' one < <(printf -- '-- migrate:up\r\nCREATE TABLE t (x);\r\n\r\n-- migrate:down\r\nDROP TABLE t;\r\n')
rm migrations/versions/bb_two.sql
run migrate upgrade head
exits 0 "CRLF line ends are fine"
run migrate upgrade nonsense
refused 1 "nonsense" "an unknown revision"
run migrate downgrade -- -5
refused 1 "-5" "more steps than there are"
run migrate upgrade
refused 2 "REVISION" "a missing argument"
run migrate upgrad head
exits 0 "a unique prefix is enough"
run migrate upgarde head
refused 2 "upgrade" "a typo names the nearest command"
run migrate upgrade --sqll head
refused 2 "--sql" "a typo names the nearest option"
run migrate init
refused 1 "migrate.ini" "init does not overwrite"

# Databases that cannot be written.
new_project database
revision_file aa '' one <<'S'
-- migrate:up
CREATE TABLE t (x);
INSERT INTO t VALUES (1);

-- migrate:down
DROP TABLE t;
S
mkdir app.db
run migrate upgrade head
refused 1 "app.db" "a database that is a folder"
rmdir app.db
echo "this is no database, but it is long enough to be taken for one by its size" >app.db
run migrate upgrade head
refused 1 "app.db" "a file that is no database"
rm app.db
run migrate upgrade --url sqlite:////nonexistent/folder/app.db head
refused 1 "/nonexistent/folder" "a folder that is not there"
run migrate upgrade --url 'sqlite:///app.db?mode=rw' head
refused 1 "app.db" "a database that is not there, mode=rw"
sqlite3 app.db 'CREATE TABLE keep (x); INSERT INTO keep VALUES (1)'
before=$(fingerprint app.db; rows app.db)
run migrate upgrade --url 'sqlite:///app.db?mode=ro' head
refused 1 "read" "a read-only database"
same "$(fingerprint app.db; rows app.db)" "$before" "nothing was changed"
run migrate downgrade base
exits 0 "downgrade with nothing applied does nothing"

# A disk that fills up.
if [ "$(id -u)" = 0 ] && mkdir -p small && mount -t tmpfs -o size=200k tmpfs small 2>/dev/null; then
    mkdir small/p && cp -r migrate.ini migrations small/p && cd small/p || exit 1
    revision_file bb aa fill <<'S'
-- migrate:up
CREATE TABLE big (x);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO big SELECT zeroblob(5000) FROM n;
S
    run migrate upgrade head
    [ "$status" = 1 ] || explain
    [ "$status" = 1 ]; ok "a full disk fails"
    says "full" "and says so"
    same "$(sqlite3 app.db 'SELECT version_num FROM migrate_version; PRAGMA integrity_check')" "aa
ok" "the first revision stays, the second left nothing"
    cd "$WORK/database" && umount small
else
    skip "a disk that fills up" "needs a small tmpfs"
fi
# The same through a page limit, for everybody.
revision_file bb aa fill <<'S'
-- migrate:up
PRAGMA max_page_count = 30;
CREATE TABLE big (x);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO big SELECT zeroblob(5000) FROM n;
S
run migrate upgrade head
refused 1 "full" "a database that reaches its size limit"
same "$(sqlite3 app.db 'SELECT version_num FROM migrate_version; PRAGMA integrity_check')" "aa
ok" "is whole, at the revision before"

# The next step is in the message.
new_project advice
revision_file aaaa '' one <<<'-- migrate:up'
revision_file bbbb aaaa two <<'S'
-- migrate:up
SELECT nothing;
S
run migrate upgrade +2
refused 1 "run 'migrate upgrade bbbb' again" "a failed revision"
revision_file bbbb aaaa two <<'S'
-- migrate:up
-- migrate:down
SELECT nothing;
S
migrate upgrade head >/dev/null
run migrate downgrade base
refused 1 "run 'migrate downgrade bbbb-1' again" "a failed downgrade"
run migrate upgrade nonsense
refused 1 "'migrate history' lists" "an unknown revision"
run migrate upgrade --bogus
refused 2 "'migrate upgrade --help'" "an unknown option of a command"
run migrate h
refused 2 "'history', 'heads' or 'help'" "an ambiguous command"
run migrate downgrade +1
refused 1 "'migrate upgrade +1'" "a downgrade upwards"
rm migrations/versions/aaaa_one.sql migrations/versions/bbbb_two.sql
run migrate check
refused 1 "bring its file back" "check without the file of an applied revision"

# A question that gets no answer is no permission to drop.
if command -v script >/dev/null; then
    new_project question
    echo '{"tables": [{"name": "a", "columns": [{"name": "id", "type": "Integer"}, {"name": "old", "type": "Text"}]}]}' | model
    migrate -q revision --autogenerate -m one >/dev/null && migrate -q upgrade head >/dev/null
    sed -i 's/"old"/"new"/' migrations/models.json
    run script -qec "'$MIGRATE' revision --autogenerate -m two" /dev/null
    exits 1 "the end of the input at a question"
    prints "--rename a.old:a.new" "and the flag is named"
    [ "$(ls migrations/versions/*.sql | wc -l)" = 1 ]; ok "and nothing is written"
else
    skip "the end of the input at a question" "needs script"
fi

# Another program's lock.
new_project busy
migrate ensure_version >/dev/null
sqlite3 app.db 'BEGIN EXCLUSIVE' '.shell touch locked; sleep 2' &
for ((i = 0; i < 50; i++)); do [ -e locked ] && break; sleep 0.1; done
run migrate -x lock_timeout=100ms status
refused 3 "run again when it has finished" "a locked database"
wait
finish
