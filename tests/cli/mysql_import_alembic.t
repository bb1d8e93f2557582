#!/usr/bin/env bash
# Revisions of Alembic on MariaDB: its SQL, its live databases.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/alembic-tap.sh"

schema() { mysql_dump "${1##*/}" --ignore-table="${1##*/}.alembic_version" --ignore-table="${1##*/}.migrate_version" --ignore-table="${1##*/}.migrate_history"; }
theirs=$(newdb theirs) && ours=$(newdb ours); ok "databases"
import_and_compare "$theirs" "${theirs/mysql:/mysql+pymysql:}" "$ours"
finish
