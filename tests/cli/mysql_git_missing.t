#!/usr/bin/env bash
# On MariaDB, where DDL commits by itself: revisions that only another branch has are taken down, also one that is half
# applied, of which nothing but its file says what it was to become.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/git.sh"

tables() { sql_rows "$DB" "SELECT coalesce(group_concat(table_name ORDER BY 1), '') FROM information_schema.tables WHERE table_schema = database() AND table_name NOT LIKE 'migrate%'"; }
rows() { sql_rows "$DB" 'SELECT version_num FROM migrate_version'; }
started() { sql_rows "$DB" "SELECT count(*) FROM migrate_history WHERE state = 'started'"; }
project() { # NAME
    DB=$1
    git_init "$WORK/$1" && cd "$WORK/$1" || exit 1
    migrate -q init --url "$(newdb "$1")" >/dev/null
    rm -f migrations/versions/*
    revision_file 0001 '' users <<<$'-- migrate:up\nCREATE TABLE users (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE users;'
    git_commit users >/dev/null
    git_switch billing
    revision_file 0002 0001 bills <<<$'-- migrate:up\nCREATE TABLE bills (id int PRIMARY KEY);\nALTER TABLE users ADD COLUMN bill int;\n-- migrate:down\nALTER TABLE users DROP COLUMN bill;\nDROP TABLE bills;'
    git_commit bills >/dev/null
}
# 0003 stops behind its first statement.
half() {
    revision_file 0003 0002 half <<<$'-- migrate:up\nCREATE TABLE half (id int PRIMARY KEY);\nALTER TABLE nowhere ADD COLUMN x int;\n-- migrate:down\nDROP TABLE half;'
    git_commit half >/dev/null
    run migrate upgrade head
    exits 1 "a revision stays half applied"
    git_checkout main
}

project recorded
migrate -q upgrade head >/dev/null
git_checkout main
run migrate switch
exits 0 "switch by what is recorded"
same "$(tables) $(rows)" "users 0001" "to main"
git_checkout billing
migrate -q switch >/dev/null
same "$(tables) $(rows)" "bills,users 0002" "and back"
git_checkout main
mysql_client recorded -e 'DROP TABLE migrate_history'
run migrate status
prints "it is on branch 'billing'" "without history git says where it lives"
run migrate downgrade 0001
exits 0 "and its file is the way down"
same "$(tables) $(rows)" "users 0001" "to main's"

project half
half
run migrate status
exits 3 "status"
prints "0003	interrupted" "knows the half-applied one"
prints "it is on branch 'billing'" "and where it lives"
run migrate upgrade 0001
says "revision '0003' is half applied" "upgrade does not go on over it"
says "on branch 'billing'" "and says where its file is"
run migrate upgrade heads
exits 1 "upgrade heads does not apply another branch's file"
same "$(tables)" "bills,half,users" "and changes nothing"
run migrate downgrade 0001
exits 0 "downgrade takes it back by git's file"
same "$(tables) $(rows) $(started)" "users 0001 0" "and the whole one after it"

project switched
half
run migrate switch --dry-run
exits 0 "switch plans to take back what is half applied"
prints "downgrade 0003" "first"
run migrate switch
exits 0 "and does"
same "$(tables) $(rows) $(started)" "users 0001 0" "to main's"
finish
