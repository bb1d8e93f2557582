#!/usr/bin/env bash
# kill -9 of the tool at calls of libpq in a history of operations (an index built concurrently, a section outside of
# transactions, batches, enums) and SQL: `upgrade head` alone reaches what an undisturbed run does, `downgrade base`
# alone nothing.
#   MIGRATE_TEST_CRASHES=all   every call
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/ops-history.sh"
. "$ROOT/tests/support/crash-history.sh"
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so

fresh() { pg_newdb crash >/dev/null; }
facts() { psql -qXAt "$URL" -f "$ROOT/tests/support/fingerprint-postgresql.sql" | grep -v migrate_; }
state() {
    facts
    psql_rows crash "SELECT 'author', * FROM author ORDER BY 2; SELECT 'book', * FROM book ORDER BY 2; SELECT 'journal', * FROM journal ORDER BY 2, 3; SELECT version_num FROM migrate_version; SELECT count(*) FROM migrate_history WHERE state = 'started'; SELECT count(*) FROM pg_index WHERE NOT indisvalid"
}
nothing_left() {
    facts
    psql_rows crash "SELECT 'rows', count(*) FROM migrate_version; SELECT count(*) FROM migrate_history WHERE state = 'started'"
}
new_project crash
URL=$(pg_newdb crash)
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nlock_wait = 30s\n' "$URL" >migrate.ini
crash_ops_history
step=7
[ "${MIGRATE_TEST_SCALE:-}" != small ] || step=29
[ "${MIGRATE_TEST_CRASHES:-}" != all ] || step=1
# What is half applied outside of transactions is finished before it is taken down.
crash_ops send "$step" up down
finish
