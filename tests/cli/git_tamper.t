#!/usr/bin/env bash
# Files that were edited after they were applied, and what git knows of it, on SQLite: who, what, and the ways out.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
lacks() { # TEXT NAME: neither stream has it
    case $out$err in *"$1"*) explain; false ;; *) true ;; esac; ok "$2"
}
json() { # PYTHON EXPRESSION of the document d
    printf '%s' "$out" | python3 -c "import json, sys; d = json.load(sys.stdin); print($1)"
}
edited() { echo '[r["edited"] for r in d["revisions"] if r["edited"]]'"$1"; }
# A project of two revisions in git, the first of them applied.
new_repository() {
    new_project "$1"
    git_init
    revision_file aaaa "" one <<'E1'
-- migrate:up
CREATE TABLE one (n INTEGER);
INSERT INTO one VALUES (1);
-- migrate:down
DROP TABLE one;
E1
    revision_file bbbb aaaa two <<'E1'
-- migrate:up
CREATE TABLE two (n INTEGER);
E1
    echo app.db >.gitignore
    first=$(by "Ada Lovelace <ada@example.org>" 2026-02-01T10:00:00Z git_commit first)
    migrate upgrade aaaa >/dev/null
    file=migrations/versions/aaaa_one.sql
    cp $file ../applied.sql
}
edit() { sed -i 's/one (n INTEGER)/one (n BIGINT)/' $file; }
# The command in the report puts the very file back.
restores() { # NAME
    local command
    command=$(printf '%s\n' "$out" "$err" | sed -n 's/^ *put it back as it was applied: *//p' | head -1)
    (cd / && eval "$command") >/dev/null 2>&1
    cmp -s $file ../applied.sql; ok "$1"
}

new_repository plain
run migrate status
exits 0 "nothing is edited"
lacks "edited in" "and nothing is told"

# --- in the working folder alone ---
edit
run migrate status
exits 3 "an edit that is not committed is found"
prints "the edit is not committed yet" "and called so"
prints "-CREATE TABLE one (n INTEGER);" "with what was applied"
prints "+CREATE TABLE one (n BIGINT);" "and what is there"
prints "migrate repair aaaa --accept-edit" "and one way out"
prints "checkout ${first:0:12} -- $file" "and the other"
restores "which puts the file back"
run migrate status
exits 0 "and then nothing is edited"

# --- committed ---
edit
second=$(by "Grace Hopper <grace@example.org>" 2026-03-01T10:00:00Z git_commit second)
run migrate status
prints "edited in ${second:0:8} by Grace Hopper <grace@example.org>, 2026-03-01" "commit, author and date of the edit"
same "$(git log -1 --format=%H -- $file)" "$second" "as git says"
run migrate upgrade head
exits 1 "upgrade refuses it"
says "edited in ${second:0:8} by Grace Hopper" "with the author"
says "+CREATE TABLE one (n BIGINT);" "with the difference"
says "migrate repair aaaa --accept-edit" "with the ways out"
same "$(printf '%s\n' "$err" | grep -c "'aaaa'")" 1 "and names the file once"
run migrate --json upgrade head
same "$(json '"Grace Hopper" in d["error"]["message"]')" True "the same in one JSON document"
run migrate upgrade --dry-run head
says "Grace Hopper" "--dry-run tells, too"
run migrate upgrade --allow-edited aaaa
exits 0 "--allow-edited is no error"
run migrate --json status
same "$(json "$(edited '[0]["commit"]["id"]')")" "$second" "status as JSON has the commit"
same "$(json "$(edited '[0]["commit"]["author"]')") $(json "$(edited '[0]["commit"]["email"]')")" "Grace Hopper grace@example.org" \
    "author"
same "$(json "$(edited '[0]["uncommitted"]')")" False "that it is committed"
same "$(json "$(edited '[0]["recorded_blob"]')") $(json "$(edited '[0]["file_blob"]')")" \
    "$(git hash-object ../applied.sql) $(git hash-object $file)" "and both blobs"
same "$(json "$(edited '[0]["diff"].count("\n+")')")" 1 "and the difference"
run migrate -q status
lacks "Grace" "-q leaves the report out"
run migrate --color always status
prints $'\033[32m+CREATE' "with colours where they are asked for"
echo "INSERT INTO one VALUES (3);" >>$file
run migrate status
prints "Grace Hopper <grace@example.org>, 2026-03-01, and again since: not committed yet" "an edit of an edit"
restores "is put back all the same"

# --- what is no edit ---
sed -i 's/$/\r/' $file
run migrate status
exits 0 "line ends are no edit"
by "Crl F <crlf@example.org>" git_commit crlf >/dev/null
run migrate upgrade head
exits 0 "nor when they are committed"
lacks "Crl F" "so nobody is named"
edit
run migrate status
same "$(printf '%s\n' "$out" | grep -c '^    [-+]')" 2 "of an edit with other line ends, only the statement is shown"
new_repository comments
sed -i 's/^CREATE/-- a comment\n&/' $file
by "Com Ment <c@example.org>" git_commit comment >/dev/null
edit
run migrate status
prints "the edit is not committed yet" "who changed the comments did not edit it"

git_checkout main
edit
edited=$(by "Grace Hopper <grace@example.org>" 2026-03-01T10:00:00Z git_commit edit)
sed -i 's/a comment/another comment/' $file
by "Com Ment <c@example.org>" git_commit comment >/dev/null
sed -i 's/$/\r/' $file
by "Crl F <crlf@example.org>" git_commit crlf >/dev/null
run migrate status
prints "edited in ${edited:0:8} by Grace Hopper" "nor did they who came after the edit"
run migrate upgrade --ref main head
exits 1 "upgrade --ref of an edited file is refused"
says "edited in ${edited:0:8} by Grace Hopper" "with the author"
says "-CREATE TABLE one (n INTEGER);" "and the difference"
says "give another --ref" "and what to do"
lacks "accept-edit" "which is not to accept what is elsewhere"
lacks "checkout" "nor to put back what is not here"
run migrate upgrade --ref "$first" head
exits 0 "another --ref is one way out"

# --- as it was applied is known by its statements ---
new_repository converted
sqlite3 -batch app.db "UPDATE migrate_history SET blob_id = '0123456789012345678901234567890123456789'"
edit
run migrate status
prints "it has the statements that were applied" "without the recorded blob, a file with the same statements is found"
prints "-CREATE TABLE one (n INTEGER);" "and compared with"
restores "and put back"
# --- nowhere ---
edit
sed -i '2,/two/s/aaaa/aaaa/; s/VALUES (1)/VALUES (2)/' $file
sqlite3 -batch app.db "UPDATE migrate_history SET token_hash = '00'"
run migrate status
exits 3 "a file that git has nowhere"
prints "no difference is shown: git has the file as it was applied (blob 0123456789012345678901234567890123456789) in no commit" \
    "is said"
lacks "put it back" "and no command is made up"
sqlite3 -batch app.db "UPDATE migrate_history SET blob_id = NULL"
run migrate status
prints "blob not recorded" "nor where no blob was recorded"

# --- a blob that no commit has ---
new_project loose
git_init
revision_file aaaa "" one <<'E1'
-- migrate:up
CREATE TABLE one (n INTEGER);
E1
file=migrations/versions/aaaa_one.sql
migrate upgrade head >/dev/null
cp $file ../applied.sql
blob=$(git hash-object -w $file)
run migrate status
exits 0 "no commit at all"
edit
run migrate status
exits 3 "an edit on an unborn branch"
prints "the edit is not committed yet" "is not committed"
prints "cat-file blob $blob >" "a loose blob is brought back by its id"
restores "as it was"

# --- bytes ---
new_repository bytes
printf -- '-- Revision: aaaa\n-- Revises:\n\n-- migrate:up\nCREATE TABLE caf\xe9 (n\x1b[31m TEXT);\n' >latin1
latin1=$(git hash-object -w latin1)
rm latin1
sqlite3 -batch app.db "UPDATE migrate_history SET blob_id = '$latin1'"
edit
by $'Zo\xeb <zoe@example.org>' git_commit latin >/dev/null
run migrate status
exits 3 "a recorded blob that is not UTF-8, and an author that is not"
printf '%s' "$out" | iconv -f UTF-8 -t UTF-8 >/dev/null; ok "are shown as UTF-8"
lacks $'\033' "and nothing drives the terminal"
prints "-CREATE TABLE caf" "the difference is there"
prints "zoe@example.org" "and the author"
run migrate --json status
same "$(json "$(edited '[0]["commit"]["email"]')")" zoe@example.org "also as JSON"

# --- long differences, many files ---
new_repository long
for i in $(seq 60 -1 1); do sed -i "/^INSERT INTO one VALUES (1)/a INSERT INTO one VALUES ($i);" $file; done
run migrate status
same "$(printf '%s\n' "$out" | grep -c '^    ')" 41 "of a long difference 40 lines are shown"
prints "lines more, all with -v" "and how many more there are"
run migrate -v status
prints "+INSERT INTO one VALUES (60);" "all with -v"
lacks "lines more" "without a remark"
for i in 1 2 3 4 5 6 7; do
    revision_file "c00$i" "$([ $i = 1 ] && echo bbbb || echo "c00$((i - 1))")" many <<<"-- migrate:up
CREATE TABLE c$i (n INTEGER);"
done
git_commit many >/dev/null
migrate upgrade --allow-edited head >/dev/null 2>&1
sed -i 's/c\([0-9]\) (n INTEGER)/c\1 (n TEXT)/' migrations/versions/c00*.sql
run migrate status
same "$(printf '%s\n' "$out" | grep -c 'repair .* --accept-edit')" 5 "of many files five are shown"
prints "and 3 edited revisions more" "and how many more there are"
run migrate -v status
same "$(printf '%s\n' "$out" | grep -c 'repair .* --accept-edit')" 8 "all with -v"

# --- renamed: no edit; another branch; packed ---
new_repository moved
git mv $file migrations/versions/aaaa_renamed.sql 2>/dev/null || mv $file migrations/versions/aaaa_renamed.sql
git_commit rename >/dev/null
run migrate status
exits 0 "a renamed file is not edited"
file=migrations/versions/aaaa_renamed.sql
edit
by "Grace Hopper <grace@example.org>" 2026-03-02T10:00:00Z git_commit edit >/dev/null
git_pack
run migrate status
exits 3 "an edited one is"
prints "-CREATE TABLE one (n INTEGER);" "with its difference, packed or not"
restores "and is put back under its new name"

mkdir db && mv migrations db/
sed -i 's|^script_location.*|script_location = %(here)s/db/migrations|; /^models/d' migrate.ini
file=db/$file
edit
by "Grace Hopper <grace@example.org>" 2026-03-02T10:00:00Z git_commit again >/dev/null
mkdir db2 && mv db/migrations db2/
sed -i 's|^script_location.*|script_location = %(here)s/db2/migrations|' migrate.ini
by "Mo Ver <mover@example.org>" 2026-03-03T10:00:00Z git_commit move >/dev/null
file=db2/${file#db/}
run migrate status
prints "edited, or moved here with the edit, in" "who moved an edited file need not have edited it"
restores "and the folder's move is no hindrance"
edit


# --- accepting ---
edit
run migrate repair aaaa --accept-edit
exits 0 "an edit is accepted"
prints "Mo Ver" "and the commit is shown"
prints "+CREATE TABLE one (n BIGINT);" "and what"
lacks "put it back" "without a way out, for there is none needed"
run migrate status
exits 0 "then nothing is edited"
sed -i 's/BIGINT/TEXT/' $file
run migrate --json repair aaaa --accept-edit --dry-run
same "$(json 'd["accepted"], "n BIGINT" in d["edited"]["diff"], d["edited"]["uncommitted"]')" "False True True" \
    "what counts is what was accepted last"

# --- operations ---
new_project ops
git_init
cat >migrations/versions/aaaa.json <<'E1'
{"revision": "aaaa", "down_revision": null, "message": "one", "upgrade": [
  {"op": "create_table", "table_name": "one", "columns": [{"name": "n", "type": "Integer"}]}],
 "downgrade": [{"op": "drop_table", "table_name": "one"}]}
E1
git_commit ops >/dev/null
migrate upgrade head >/dev/null
file=migrations/versions/aaaa.json
cp $file ../applied.sql
sed -i 's/"Integer"/"Text"/' $file
by "Grace Hopper <grace@example.org>" 2026-03-01T10:00:00Z git_commit edit >/dev/null
run migrate status
exits 3 "an edited file of operations"
prints "Grace Hopper" "has an author"
prints '"type": "Text"' "and a difference"
restores "and is put back"

# --- clones ---
new_repository full
edit
by "Grace Hopper <grace@example.org>" 2026-03-01T10:00:00Z git_commit edit >/dev/null
git_shallow "$PWD" "$WORK/shallow" 1
cp app.db "$WORK/shallow/"
cd "$WORK/shallow" || exit 1
run migrate status
exits 3 "in a shallow clone without the blob"
prints "shallow" "that is said"
prints "git fetch --unshallow" "with what to do"
prints "Grace Hopper" "who may have edited it is said"
prints "or before that, which this shallow clone lacks" "and that somebody else may have"
git_shallow "$WORK/full" "$WORK/deep" 2
cp "$WORK/full/app.db" "$WORK/deep/"
cd "$WORK/deep" || exit 1
file=migrations/versions/aaaa_one.sql
run migrate status
lacks "or before that" "with the commit before, who edited it is known"
prints "-CREATE TABLE one (n INTEGER);" "with the blob there is a difference"
restores "and a way back"

in_git "$WORK/full" git_config uploadpack.allowFilter true
git_partial "$WORK/full" "$WORK/partial"
cp "$WORK/full/app.db" "$WORK/partial/"
cd "$WORK/partial" || exit 1
run migrate status
exits 3 "in a partial clone an edit is found"
prints "Grace Hopper" "and who made it"
prints "git show" "and what to do for the difference"
cd "$WORK/full" || exit 1
git_worktree "$WORK/worktree" side >/dev/null
cp app.db "$WORK/worktree/"
cd "$WORK/worktree" || exit 1
run migrate status
prints "Grace Hopper" "a worktree"
restores "has its own file put back"
ln -s "$WORK/full" "$WORK/link"
cd "$WORK/link" || exit 1
run migrate status
prints "Grace Hopper" "a project that a link leads to"
run migrate status -c "$WORK/link/migrate.ini"
prints "-CREATE TABLE one (n INTEGER);" "whatever its name"
restores "is put back"

# --- no repository, or one that is not ours ---
new_project none
revision_file aaaa "" one <<'E1'
-- migrate:up
CREATE TABLE one (n INTEGER);
E1
migrate upgrade head >/dev/null
file=migrations/versions/aaaa_one.sql
edit
run migrate status
exits 3 "without a repository an edit is found, too"
same "$(printf '%s\n' "$out" | grep -c 'no difference is shown:.*git repository')" 1 "and one line says why nothing is shown"
prints "migrate repair aaaa --accept-edit" "the way out that there is"
new_repository outside
mkdir inner && mv .git inner/
edit
run migrate status
exits 3 "a repository that the files are not in"
if [ "$(id -u)" = 0 ]; then
    new_repository foreign
    edit
    chown -R 12345 .
    run migrate status
    exits 3 "in a repository of another user an edit is found"
    prints "no difference is shown" "and one line says"
    prints "safe.directory" "what to do"
    run migrate upgrade head
    exits 1 "upgrade refuses all the same"
    says "safe.directory" "and says it, too"
else
    skip "a repository of another user" "only root can give it away"
fi
finish
