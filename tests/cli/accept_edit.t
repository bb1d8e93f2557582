#!/usr/bin/env bash
# repair REVISION --accept-edit on SQLite: what it accepts, refuses, writes and keeps.
. "$(dirname "$0")/../support/tap.sh"
new_project accept
history() { sqlite3 -batch app.db "SELECT $1 FROM migrate_history ORDER BY id"; }

revision_file aaaa "" one <<'E1'
-- migrate:up
CREATE TABLE one (n INTEGER);
-- migrate:down
DROP TABLE one;
E1
revision_file bbbb aaaa two <<'E1'
-- migrate:up
CREATE TABLE two (n INTEGER);
-- migrate:down
DROP TABLE two;
E1
revision_file cccc bbbb three <<'E1'
-- migrate:up
CREATE TABLE three (n INTEGER);
E1
migrate -q upgrade bbbb >/dev/null
first=$(history "revision, direction, state, blob_id, token_hash, down_script, started_at, applied_by")

# --- what there is nothing to accept of ---
run migrate repair bbbb --accept-edit
exits 1 "a file as it was applied is not accepted"
says "nothing to accept" "for there is nothing to accept"
run migrate repair cccc --accept-edit
exits 1 "nor is a revision that is not applied"
says "'cccc' is not applied" "and the error says so"
run migrate repair --accept-edit
exits 2 "a revision has to be named"
run migrate repair aaaa bbbb --accept-edit
exits 2 "and only one"
says "one revision at a time" "which is said"
run migrate repair aaaa:bbbb --accept-edit
exits 2 "a range is several, too"
run migrate repair aaaa
exits 2 "a revision alone means nothing"
run migrate repair --dry-run
exits 2 "nor does --dry-run"
run migrate repair --done --accept-edit aaaa
exits 2 "one decision at a time"
sed -i 's/^-- migrate:up$/&\n-- a comment/' migrations/versions/bbbb_two.sql
run migrate repair bbbb --accept-edit
exits 1 "comments are no edit"
run migrate repair eeee --accept-edit
exits 1 "an unknown revision is refused"
same "$(history "revision, direction, state, blob_id, token_hash, down_script, started_at, applied_by")" "$first" \
    "and none of it has touched the history"

# --- accepting ---
sed -i 's/two (n INTEGER)/two (n INTEGER, m TEXT)/; s/DROP TABLE two/DROP TABLE IF EXISTS two/' migrations/versions/bbbb_two.sql
run migrate upgrade head
exits 1 "upgrade refuses the edited file"
run migrate repair bbbb --accept-edit --dry-run
exits 0 "--dry-run tells"
prints "nothing was changed" "that nothing was changed"
same "$(history revision)" "$(printf 'aaaa\nbbbb')" "and nothing was"
run migrate status
exits 3 "so it is edited still"
USER=grace LOGNAME=grace run migrate repair bbbb --accept-edit
exits 0 "the edit is accepted"
same "$(history "revision || ' ' || direction || ' ' || state")" "$(printf 'aaaa up done\nbbbb up done\nbbbb edit done')" \
    "the history table has a row of its own for it"
same "$(history "revision, direction, state, blob_id, token_hash, down_script, started_at, applied_by" | head -n "$(printf '%s\n' "$first" | wc -l)")" \
    "$first" "and the rows before it stay as they were"
same "$(history blob_id | tail -1)" "$(printf 'blob %d\0' "$(stat -c %s migrations/versions/bbbb_two.sql)" | cat - migrations/versions/bbbb_two.sql | sha1sum | cut -d' ' -f1)" \
    "it has the blob id of the file"
same "$(history down_script | grep -c 'IF EXISTS')" 1 "and its way down"
same "$(history "length(applied_by) > 0 AND length(started_at) > 0 AND finished_at >= started_at" | tail -1)" 1 "who and when"
run migrate status
exits 0 "status finds nothing any more"
prints "edit accepted" "but that there was an edit"
run migrate upgrade head
exits 0 "and upgrade goes on"
run migrate repair bbbb --accept-edit
exits 1 "there is nothing left to accept"

# --- a second edit, and the way down ---
sed -i 's/m TEXT/m TEXT, o TEXT/' migrations/versions/bbbb_two.sql
run migrate --json repair bbbb --accept-edit
exits 0 "an edit may be edited and accepted again"
same "$(printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["accepted"], d["revision"])')" "True bbbb" \
    "in one JSON document"
cp migrations/versions/bbbb_two.sql kept && rm migrations/versions/cccc_three.sql migrations/versions/bbbb_two.sql
sqlite3 -batch app.db "UPDATE migrate_version SET version_num = 'bbbb'"
run migrate downgrade aaaa
exits 0 "without the file the accepted way down is taken"
same "$(sqlite3 -batch app.db "SELECT count(*) FROM sqlite_schema WHERE name = 'two'")" 0 "which drops the table"
cp kept migrations/versions/bbbb_two.sql
run migrate status
exits 0 "what was taken down is pending, not edited"
run migrate repair bbbb --accept-edit
exits 1 "and cannot be accepted"
run migrate upgrade head
exits 0 "and is applied again as it is now"
run migrate status
exits 0 "which is what history knows"

# --- operations ---
cat >migrations/versions/dddd.json <<'E1'
{"revision": "dddd", "down_revision": "bbbb", "message": "four", "upgrade": [
  {"op": "create_table", "table_name": "four", "columns": [{"name": "n", "type": "Integer"}]}],
 "downgrade": [{"op": "drop_table", "table_name": "four"}]}
E1
migrate -q upgrade dddd >/dev/null
sed -i 's/"type": "Integer"}/"type": "Text"}/' migrations/versions/dddd.json
run migrate status
exits 3 "an edited file of operations is found"
run migrate repair dddd --accept-edit
exits 0 "and accepted"
same "$(history "down_script" | tail -2 | grep -c 'DROP TABLE')" 1 "its way down is compiled as at upgrade"
run migrate status
exits 0 "then it is applied"
rm migrations/versions/dddd.json
run migrate downgrade bbbb
exits 0 "and can be taken down without its file"

# --- what history does not know ---
migrate -q stamp --purge base >/dev/null
sqlite3 -batch app.db "DELETE FROM migrate_history"
sqlite3 -batch app.db "INSERT INTO migrate_version VALUES ('aaaa')"
run migrate repair aaaa --accept-edit
exits 1 "an adopted database has nothing to compare with"
says "has no row of it" "and the error says so"
revision_file ffff aaaa half <<'E1'
-- migrate:up transaction:false
CREATE TABLE half (n INTEGER);
INSERT INTO nope VALUES (1);
E1
rm migrations/versions/bbbb_two.sql
run migrate upgrade head
exits 1 "a revision stops half-way"
run migrate repair ffff --accept-edit
exits 1 "what is interrupted is not accepted"
says "interrupted" "and the error says so"
finish
