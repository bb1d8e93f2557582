#!/usr/bin/env bash
# version_table = alembic_version: a MariaDB database that Debian's Alembic made and both programs go on with.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/alembic-turns.sh"
fresh() { newdb "$1" | sed 's/^mysql:/mysql+pymysql:/'; }
ask() { mysql_client -N -B "$1" -e "$2"; }
adopt_short
finish
