#!/usr/bin/env bash
# Revisions of operations on PostgreSQL, mixed with SQL: up and down, --sql through psql, lost and edited files, what
# refuses transactions.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/ops-history.sh"

state() { # DATABASE
    psql -qXAt "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$ROOT/tests/support/fingerprint-postgresql.sql" | grep -v 'migrate_' | sort
    psql -qXAt "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -c "SELECT * FROM author ORDER BY 1" -c "SELECT * FROM book ORDER BY 1" 2>/dev/null
}
new_project ops
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\n' "$(newdb ops)" >migrate.ini
empty=$(state ops)
ops_history
run migrate upgrade head
exits 0 "a history of operations and SQL"
[ "$status" = 0 ] || explain
whole=$(state ops)
same "$(psql_rows ops "SELECT id, name, born FROM author ORDER BY id")" '1|Ada|1815-12-10
2|it'"'"'s "Grace"|NULL' "bulk_insert's rows"
same "$(psql_rows ops "SELECT title, pages, kind FROM book")" 'Notes; all of them|66|novel' "and the book"
sql=$(migrate upgrade --sql head)
psql -qX -v ON_ERROR_STOP=1 "$(newdb piped)" <<<"$sql" >/dev/null
ok "upgrade --sql runs in psql"
same "$(state piped)" "$whole" "and gives the same"
run migrate downgrade base
exits 0 "down to base"
[ "$status" = 0 ] || explain
same "$(state ops)" "$empty" "nothing is left"
sql=$(migrate downgrade --sql head:base)
psql -qX -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/piped" <<<"$sql" >/dev/null
ok "downgrade --sql runs in psql"
same "$(state piped)" "$empty" "and leaves nothing"
run migrate -x transaction=all upgrade head
exits 0 "all in one transaction"
same "$(state ops)" "$whole" "the same as before"
mkdir lost; mv migrations/versions/* lost/
run migrate downgrade base
exits 0 "down without any file"
[ "$status" = 0 ] || explain
same "$(state ops)" "$empty" "nothing is left"
mv lost/* migrations/versions/

# --- what refuses transactions ---
ops_file 0005 0004 outside <<'JSON'
 "upgrade": [
  {"op": "add_column", "table_name": "book", "column": {"name": "year", "type": "Integer"}},
  {"op": "create_index", "index_name": "ix_year", "table_name": "book", "columns": ["year"],
   "postgresql_concurrently": true},
  {"op": "bulk_insert", "table_name": "author", "rows": [{"id": 3, "name": "Edsger"}]}],
 "downgrade": [
  {"op": "execute", "sqltext": "DELETE FROM author WHERE id = 3"},
  {"op": "drop_index", "index_name": "ix_year", "table_name": "book", "postgresql_concurrently": true},
  {"op": "drop_column", "table_name": "book", "column_name": "year"}]
JSON
run migrate upgrade head
exits 0 "an index made concurrently"
[ "$status" = 0 ] || explain
same "$(psql_rows ops "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_year'::regclass")" t "is there"
same "$(psql_rows ops "SELECT count(*) FROM author")" 3 "and the row behind it"
rm migrations/versions/0005_outside.json
run migrate downgrade 0004
exits 0 "and taken down without its file"
[ "$status" = 0 ] || explain
same "$(state ops)" "$whole" "as it was"

# --- enums and types: what SQL said is forgotten, what operations said is known ---
ops_file 0005 0004 enum <<'JSON'
 "upgrade": [
  {"op": "create_enum", "name": "mood", "values": ["sad", "ok"]},
  {"op": "add_column", "table_name": "author", "column": {"name": "mood", "type": "Enum(mood)", "server_default": "'ok'"}},
  {"op": "alter_column", "table_name": "author", "column_name": "mood", "nullable": false}],
 "downgrade": [
  {"op": "drop_column", "table_name": "author", "column_name": "mood"},
  {"op": "drop_enum", "name": "mood"}]
JSON
run migrate upgrade head
exits 0 "an enum and a column of it"
[ "$status" = 0 ] || explain
same "$(psql_rows ops "SELECT DISTINCT mood FROM author")" ok "is there"
run migrate downgrade 0004
exits 0 "and down"
same "$(state ops)" "$whole" "as it was"
finish
