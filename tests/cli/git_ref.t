#!/usr/bin/env bash
# upgrade, downgrade, history and check with --ref: revisions and models of a commit, without a checkout.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"

url=sqlite:///$WORK/live.db
tables() { sqlite3 "$WORK/live.db" "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema
    WHERE type = 'table' AND name NOT LIKE 'migrate_%' AND name NOT LIKE 'sqlite_%' ORDER BY name)"; }
revision() { # FOLDER ID PARENT TABLE
    cat >"$1/$2_$4.sql" <<END
-- Message: table $4
-- Revision: $2
-- Revises: $3

-- migrate:up
CREATE TABLE $4 (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE $4;
END
}
model_of() { # TABLE…
    local table separator=
    printf '{"tables": ['
    for table; do
        printf '%s{"name": "%s", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]}' "$separator" "$table"
        separator=,
    done
    echo ']}'
}

# A project in a folder of its repository: v1 has table a, v2 also b, and main the whole folder by another name.
git_init project >/dev/null && mkdir -p project/db/old/versions && cd project/db || exit 1
cat >migrate.ini <<'END'
[migrate]
script_location = %(here)s/old
models = %(here)s/old/*.json
url = ${DATABASE_URL}
END
model_of a >old/models.json
revision old/versions aaaa00000001 "" a
git_commit "table a" >/dev/null && git_tag v1
model_of a b >old/models.json
revision old/versions aaaa00000002 aaaa00000001 b
git_commit "table b" >/dev/null && git_tag v2 HEAD "the second release"
git_switch feature
model_of a b f >old/models.json
revision old/versions ffff00000003 aaaa00000002 f
git_commit "table f" >/dev/null
git_checkout main
mv old schema && sed -i 's/old/schema/' migrate.ini
git_commit "another folder" >/dev/null
export DATABASE_URL=$url

run migrate history --ref v1
prints "<base> -> aaaa00000001 (head), table a" "history of a tag, from when the folder had another name"
run migrate history --ref feature --json
printf '%s' "$out" | python3 -c 'import json, sys
nodes = json.load(sys.stdin)["nodes"]
assert [n["revision"] for n in nodes] == ["ffff00000003", "aaaa00000002", "aaaa00000001"], nodes'
ok "history of a branch as JSON"

run migrate upgrade --ref v1 head
exits 0 "upgrade to the head of a tag"
[ "$(tables)" = a ]
ok "the tag's revisions were run, and no other"
run migrate check --ref v1
prints "model and database agree" "the model of that commit is compared"
run migrate check --ref v2
exits 3 "and that of another one is not what the database has"
run migrate upgrade --ref "$(git_id feature | cut -c1-10)" heads
exits 0 "a commit by the beginning of its id"
[ "$(tables)" = "a b f" ]
ok "the commit's revisions were run"
run migrate downgrade --ref feature aaaa00000001
exits 0 "downgrade with a branch's files"
[ "$(tables)" = a ]
ok "they were taken down"
run migrate upgrade --ref main --sql aaaa00000001:head
case $out in *"CREATE TABLE b"*) [ "$status" = 0 ] ;; *) false ;; esac || { explain; false; }
ok "--sql of a branch"
run migrate upgrade --ref main --dry-run head
exits 0 "--dry-run of a branch"
run migrate upgrade --ref HEAD~1 head
exits 0 "a commit by its place in history"
sqlite3 "$WORK/live.db" "SELECT blob_id FROM migrate_history WHERE revision = 'aaaa00000002' ORDER BY id DESC LIMIT 1" >"$WORK/blob"
[ "$(cat "$WORK/blob")" = "$(git rev-parse v2:db/old/versions/aaaa00000002_b.sql)" ]
ok "what history records is git's id of the file"

# What is in the working folder does not matter, and stays as it is.
echo broken >schema/versions/aaaa00000009_x.sql && rm schema/models.json
run migrate upgrade --ref v2 head
prints "nothing to do: at aaaa00000002" "a broken working folder does not matter"
run migrate check --ref v2
prints "model and database agree" "nor a missing model"
[ "$(cat schema/versions/aaaa00000009_x.sql)" = broken ] && [ ! -e schema/models.json ]
ok "nothing is checked out"
git_checkout main

# Without files at all.
git_pack
git_clone --bare "$WORK/project" "$WORK/bare.git" >/dev/null
cd "$WORK/bare.git" || exit 1
run migrate history -c db/migrate.ini --ref v2
exits 0 "a bare repository"
[ "$(printf '%s\n' "$out" | wc -l)" = 2 ]
ok "its revisions"
run migrate downgrade -c db/migrate.ini --ref main base
exits 0 "downgrade from a bare repository"
[ -z "$(tables)" ]
ok "everything is taken down"
run migrate upgrade -c db/migrate.ini --ref v2 head --url sqlite:///here.db
exits 0 "a URL of the command line is relative to the current folder"
[ -f here.db ]
ok "as everywhere"
run migrate history --ref v2
exits 1 "without -c the commit's root is looked at"
says "there is no migrate.ini here, and none in v2" "it says why"
run migrate history -c none.ini --ref v2
exits 1 "a configuration that is nowhere"

# An untracked migrate.ini, a link to the project, a worktree, a subfolder.
cd "$WORK/project/db" && mkdir -p deeper && cd deeper || exit 1
run migrate history --ref v1
prints "<base> -> aaaa00000001 (head), table a" "from a subfolder"
ln -s "$WORK/project/db" "$WORK/link" && cd "$WORK/link" || exit 1
run migrate history --ref v1
prints "<base> -> aaaa00000001 (head), table a" "through a link"
run migrate -c "$WORK/link/migrate.ini" check --ref v1 --url sqlite:///$WORK/none.db
exits 3 "a configuration through a link"
in_git "$WORK/project" git_worktree "$WORK/tree" feature >/dev/null && cd "$WORK/tree/db" || exit 1
run migrate history --ref v1
prints "<base> -> aaaa00000001 (head), table a" "in a worktree"
cd "$WORK" && cat >outside.ini <<END
[migrate]
script_location = $WORK/project/db/old
url = $url
END
in_git "$WORK/project" true
cp outside.ini project/own.ini
run migrate -c project/own.ini history --ref v1
prints "<base> -> aaaa00000001 (head), table a" "a configuration that no commit has says where files are"
sed -i 's/old/none/' project/own.ini
run migrate -c project/own.ini history --ref v1
exits 1 "where the commit has no such folder"
says "is no folder in v1" "it says why"
rm project/own.ini

# What cannot be.
cd "$WORK/project/db" || exit 1
run migrate upgrade --ref v3 head
exits 1 "an unknown name"
says "has no commit 'v3'" "it says why"
run migrate -c "$WORK/outside.ini" history --ref v1
exits 1 "a folder outside of every repository"
says "is not in a git repository" "it says why"
sed -i 's|^models.*|models = exec:cat schema/models.json|' migrate.ini && git_commit "a command" >/dev/null
run migrate upgrade --ref HEAD head --url sqlite:///$WORK/here.db
run migrate check --ref HEAD --url sqlite:///$WORK/here.db
exits 1 "a model that is a command"
says "check that out, or keep what the command prints as a file" "it says why"
printf '%s\n' '-- Revision: aaaa00000004' '-- Revises: aaaa00000002' '-- migrate:up' 'NONSENSE;' >schema/versions/n.sql
git_commit "nonsense" >/dev/null
rm schema/versions/n.sql
run migrate upgrade --ref HEAD head --url sqlite:///$WORK/here.db
exits 1 "a failing statement says whose files these are"
says "(revisions and models are those of HEAD (" "it says why"
printf '\377\n' >>schema/versions/aaaa00000002_b.sql && git_commit "not UTF-8" >/dev/null
run migrate upgrade --ref HEAD head --url sqlite:///$WORK/other.db
exits 1 "a file of a commit that is not UTF-8"
says "not UTF-8" "it says why"
finish
