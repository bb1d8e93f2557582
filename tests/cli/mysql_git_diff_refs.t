#!/usr/bin/env bash
# diff REF1..REF2 with models in SQL on MariaDB, by a URL of mysql: which of the two answers is seen on the way.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/git.sh"
scratch_left() { mysql_client -N -e "SHOW DATABASES LIKE 'migrate%'" | wc -l; }
URL=$(newdb compared)
. "$ROOT/tests/support/diff-refs.sh"
