#!/usr/bin/env bash
# On PostgreSQL: revisions that only another branch has are taken down, by what is recorded and by git's files.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/git.sh"

tables() { psql_rows missing "SELECT coalesce(string_agg(tablename, ',' ORDER BY tablename), '') FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'migrate%'"; }
git_init "$WORK/missing" && cd "$WORK/missing" || exit 1
migrate -q init --url "$(newdb missing)" >/dev/null
rm -f migrations/versions/*
revision_file 0001 '' users <<<$'-- migrate:up\nCREATE TABLE users (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE users;'
git_commit users >/dev/null
git_switch billing
revision_file 0002 0001 bills <<<$'-- migrate:up\nCREATE TABLE bills (id int PRIMARY KEY);\n-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY ix ON bills (id);\n-- migrate:down\nDROP TABLE bills;'
cat >migrations/versions/0003_ops.json <<'JSON'
{"revision": "0003", "down_revision": "0002", "message": "ops",
 "upgrade": [{"op": "add_column", "table_name": "users", "column": {"name": "bill", "type": "Integer"}}],
 "downgrade": [{"op": "drop_column", "table_name": "users", "column_name": "bill"}]}
JSON
COMMIT=$(git_commit bills)
migrate -q upgrade head >/dev/null
git_checkout main
run migrate status
exits 3 "status finds what is missing"
prints "on branch 'billing', commit $(printf %.8s "$COMMIT") by Ada <ada@example.org>, 2026-01-01" "and says where it lives"
run migrate switch --dry-run
prints "-- drops: column users.bill" "the plan names what it drops"
run migrate switch
exits 0 "switch"
same "$(tables)" "users" "leaves main's tables"
git_checkout billing
migrate -q switch >/dev/null
same "$(tables)" "bills,users" "and back"
git_checkout main
psql_rows missing 'DROP TABLE migrate_history' >/dev/null
run migrate downgrade 0001
exits 0 "without history the files of git are the way down, operations too"
same "$(tables)" "users" "to main's tables"
same "$(psql_rows missing "SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_name = 'users'")" "id" "and columns"
finish
