#!/bin/bash
# switch: what the checked-out branch lacks comes down, and its heads go up.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"

table_revision() { # ID PARENT NAME
    revision_file "$1" "$2" "$3" <<<"-- migrate:up
CREATE TABLE $3 (id INTEGER);
-- migrate:down
DROP TABLE $3;"
}
# 0001 on main; 0002 and 0003 on billing; 0004 on stock. The database stands at billing's head, billing is checked out.
project() { # NAME
    git_init "$WORK/$1" && cd "$WORK/$1" || exit 1
    migrate -q init --url 'sqlite:///%(here)s/app.db' >/dev/null
    printf 'app.db*\n' >.gitignore
    rm -f migrations/versions/*
    table_revision 0001 '' users
    git_commit users >/dev/null
    git_branch stock
    git_switch billing
    table_revision 0002 0001 bills
    table_revision 0003 0002 lines
    COMMIT=$(by "Grace <grace@example.org>" 2026-02-03T04:05:06Z git_commit bills)
    SHORT=$(printf %.8s "$COMMIT")
    git_checkout stock
    table_revision 0004 0001 stock
    git_commit stock >/dev/null
    git_checkout billing
    migrate -q upgrade head >/dev/null
}
tables() { sqlite3 app.db "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'migrate%' ORDER BY 1)"; }

project plan
run migrate switch
exits 0 "nothing to do"
same "$out" "nothing to do: at 0003" "and it says so"
[ ! -e app.db.migrate-lock ] ; ok "without a lock file"
git_checkout stock
before=$(sqlite3 app.db .dump)
run migrate switch --dry-run
exits 0 "the plan"
same "$(grep -o '^-- \(downgrade\|upgrade\) [0-9]*' <<<"$out")" "-- downgrade 0003
-- downgrade 0002
-- upgrade 0004" "first down, then up"
prints "-- not in versions/: on branch 'billing', commit $SHORT by Grace <grace@example.org>, 2026-02-03" "says where the files live"
prints "-- down script of '0003' in table 'migrate_history':2" "and where the way down comes from"
prints "-- drops: table lines" "and what it drops"
same "$(sqlite3 app.db .dump)" "$before" "nothing is changed"
run migrate --json switch --dry-run
same "$(jq -c '[.command, [.down[].revision], .down[0].found_in.commit, .down[0].drops, [.up[].revision], .up[0].drops]' <<<"$out")" \
    "[\"switch\",[\"0003\",\"0002\"],\"$COMMIT\",[\"table lines\"],[\"0004\"],[]]" "the plan as JSON"
run migrate switch
exits 0 "switch"
same "$(sed 's/ (.* ms)//' <<<"$out")" "downgraded 0003 lines
downgraded 0002 bills
upgraded 0004 stock
now at 0004" "takes down and goes up"
same "$(tables)" "stock users" "the tables are this branch's"
git_checkout billing
run migrate --json switch
exits 0 "and back"
same "$(jq -c '[.down, .up, .current]' <<<"$out")" '[["0004"],["0002","0003"],["0003"]]' "as JSON"
same "$(tables)" "bills lines users" "the tables are that branch's"
git_checkout main
run migrate switch
same "$(tables)" "users" "only down"
git_merge billing >/dev/null
run migrate switch
same "$(tables)" "bills lines users" "only up"
git_checkout stock
sqlite3 app.db 'DROP TABLE migrate_history'
run migrate switch --dry-run
prints "$SHORT:migrations/versions/0003_lines.sql:" "without history the files of git are the way down"
run migrate switch
exits 0 "and they are taken"
same "$(tables)" "stock users" "to this branch's tables"

# Another release instead of another checkout.
git_tag v1 main
run migrate switch --ref v1
exits 0 "--ref goes to what a tag has"
same "$(tables)" "bills lines users" "which main's history had"

# ---- all is refused before anything runs ----
project refused
git_checkout stock
revision_file 0005 0004 never <<<$'-- migrate:up\nCREATE TABLE never (id INTEGER);\nSELECT 1;'
git_commit never >/dev/null
run migrate switch
exits 0 "to a branch whose last revision cannot be taken down"
git_checkout billing
before=$(sqlite3 app.db .dump)
run migrate switch
exits 1 "not back"
says "revision '0005' cannot be taken down" "says which"
same "$(sqlite3 app.db .dump)" "$before" "and changes nothing"
git_checkout stock
git_checkout main
sqlite3 app.db "UPDATE migrate_version SET version_num = 'feed'"
before=$(sqlite3 app.db .dump)
run migrate switch
exits 1 "what nobody knows cannot be taken down"
says "'feed'" "says which"
same "$(sqlite3 app.db .dump)" "$before" "and changes nothing"

project other
git_checkout billing
sed -i 's/lines (id INTEGER)/lines (id BIGINT)/' migrations/versions/0003_lines.sql
git_commit edited >/dev/null
git_checkout stock
sqlite3 app.db "UPDATE migrate_history SET blob_id = '0123456789012345678901234567890123456789' WHERE revision = '0003'"
run migrate switch --dry-run
exits 0 "what git has differs from what was applied"
says "says other statements than those applied, so that one is not used" "which is told"

project edited
git_checkout stock
sed -i 's/users (id INTEGER)/users (id BIGINT)/' migrations/versions/0001_users.sql
before=$(sqlite3 app.db .dump)
run migrate switch
exits 1 "an edited file refuses the switch"
says "0001_users.sql" "says which"
same "$(sqlite3 app.db .dump)" "$before" "and changes nothing"
run migrate switch --allow-edited
exits 0 "unless told otherwise"

project half
revision_file 0006 0003 half <<<$'-- migrate:up transaction:false\nCREATE TABLE half (id INTEGER);\nCREATE TABLE users (id INTEGER);\n-- migrate:down\nDROP TABLE half;'
run migrate upgrade head
exits 1 "a revision stays half applied"
git_commit half >/dev/null
git_checkout stock
before=$(sqlite3 app.db .dump)
run migrate switch
exits 1 "which refuses the switch"
says "revision '0006' is half applied" "says which"
says "on branch 'billing'" "and where it lives"
same "$(sqlite3 app.db .dump)" "$before" "and changes nothing"

# ---- operations: what goes up is compiled for the schema behind what goes down ----
project operations
git_checkout stock
cat >migrations/versions/0007_ops.json <<'JSON'
{"revision": "0007", "down_revision": "0004", "message": "ops",
 "upgrade": [{"op": "create_table", "table_name": "lines", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]},
             {"op": "add_column", "table_name": "stock", "column": {"name": "n", "type": "Integer", "nullable": false, "server_default": "0"}},
             {"op": "alter_column", "table_name": "users", "column_name": "id", "type_": "BigInteger", "existing_type": "Integer"}],
 "downgrade": [{"op": "alter_column", "table_name": "users", "column_name": "id", "type_": "Integer", "existing_type": "BigInteger"},
               {"op": "drop_column", "table_name": "stock", "column_name": "n"}, {"op": "drop_table", "table_name": "lines"}]}
JSON
git_commit ops >/dev/null
run migrate switch
exits 0 "to revisions of operations"
same "$(tables)" "lines stock users" "a table that was dropped on the way is made"
git_checkout billing
run migrate switch --dry-run
same "$(grep '^-- drops' <<<"$out")" "-- drops: column stock.n, table lines
-- drops: table stock" "what goes is named, a table that is rebuilt is not"
run migrate switch
exits 0 "and back"
same "$(tables)" "bills lines users" "by what was recorded"

# ---- the hook of the documentation, run by git itself ----
project hook
man_hook=$("$MIGRATE" switch --help -v | sed -n '/#!\/bin\/sh/,/migrate switch/s/^ *//p')
printf '%s\n' "$man_hook" >.git/hooks/post-checkout
same "$(sed -n '/^#!\/bin\/sh/,/^migrate switch/p' "$ROOT/README.md" | grep -v '^# ')" "$man_hook" "README and man page have the same hook"
chmod +x .git/hooks/post-checkout
mkdir -p "$WORK/bin" && ln -sf "$MIGRATE" "$WORK/bin/migrate"
PATH="$WORK/bin:$PATH" git checkout -q stock >hook.out 2>&1
ok "git checkout runs the hook"
same "$(tables)" "stock users" "which switches the database"
PATH="$WORK/bin:$PATH" git checkout -q billing >hook.out 2>&1
same "$(tables)" "bills lines users" "and back"

# ---- a database for each worktree ----
git worktree add -q ../tree stock >/dev/null 2>&1
(cd ../tree && PATH="$WORK/bin:$PATH" migrate switch >/dev/null)
ok "switch in a worktree"
same "$(cd ../tree && tables)" "stock users" "has a database of its own there"
same "$(tables)" "bills lines users" "and leaves the other alone"

finish
