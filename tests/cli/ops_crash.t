#!/usr/bin/env bash
# kill -9 at every statement and at writes of a history of operations (rebuilds, batches, bulk_insert, enums) and SQL on
# SQLite: `upgrade head` alone reaches what an undisturbed run does, `downgrade base` alone nothing.
#   MIGRATE_TEST_CRASHES=all   every write
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/ops-history.sh"
. "$ROOT/tests/support/crash-history.sh"
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so

fresh() { rm -f app.db*; }
state() {
    fingerprint app.db
    rows app.db
    sqlite3 -batch app.db "PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT version_num FROM migrate_version; SELECT count(*) FROM migrate_history WHERE state = 'started'"
}
nothing_left() {
    fingerprint app.db
    sqlite3 -batch app.db "SELECT 'rows', count(*) FROM migrate_version; SELECT count(*) FROM migrate_history WHERE state = 'started'"
}
new_project crash
crash_ops_history
step=9
[ "${MIGRATE_TEST_CRASHES:-}" != all ] || step=1
# What is half applied outside of transactions is finished before it is taken down.
crash_ops statement "$step" up down
[ "$step" = 1 ] || step=31
[ -n "${MIGRATE_TEST_SANITIZED:-}" ] || { KILL_ON=write; killed_ops up "$step"; killed_ops down "$step"; }
finish
