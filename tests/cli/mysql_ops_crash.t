#!/usr/bin/env bash
# kill -9 of the tool before and behind packets of a history of operations (MODIFY, batches, bulk_insert, enums) and SQL on
# MariaDB, where DDL commits by itself: `upgrade head` alone reaches what an undisturbed run does, `downgrade base` alone
# nothing.
#   MIGRATE_TEST_CRASHES=all   every packet and every call of the client library
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/ops-history.sh"
. "$ROOT/tests/support/crash-history.sh"
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so

fresh() { newdb crash >/dev/null; }
state() {
    mysql_client -N -B crash <"$ROOT/tests/support/fingerprint-mysql.sql" | grep -v 'migrate_' | sort
    sql_rows crash "SELECT 'author', a.* FROM author a ORDER BY 2; SELECT 'book', b.* FROM book b ORDER BY 2; SELECT 'journal', j.* FROM journal j ORDER BY 2, 3; SELECT version_num FROM migrate_version; SELECT count(*) FROM migrate_history WHERE state = 'started'"
}
nothing_left() {
    mysql_client -N -B crash <"$ROOT/tests/support/fingerprint-mysql.sql" | grep -v 'migrate_' | sort
    sql_rows crash "SELECT 'rows', count(*) FROM migrate_version; SELECT count(*) FROM migrate_history WHERE state = 'started'"
}
new_project crash
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nlock_wait = 30s\n' "$(newdb crash)" >migrate.ini
crash_ops_history
step=2
[ "${MIGRATE_TEST_SCALE:-}" != small ] || step=13
[ "${MIGRATE_TEST_CRASHES:-}" != all ] || step=1
crash_ops change "$step" up down back
[ "${MIGRATE_TEST_CRASHES:-}" != all ] || { KILL_ON=send; killed_ops up 1; killed_ops down 1; killed_ops back 1; }
finish
