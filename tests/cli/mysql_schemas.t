#!/usr/bin/env bash
# Five schemas that together use all of MariaDB that the tool knows: inspect finds no difference with itself, and what is
# made from it, by create_all and by a revision, is the same by information_schema and by mariadb-dump.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/schema-tap.sh"

# Routines keep the sql_mode that they were created with, and their parameters' types as they were spelt.
load_schema() { mysql_client --init-command="SET sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'" "$1" <"$ROOT/tests/fixtures/mysql/$1.sql"; }
facts() { mysql_client -N -B "$1" <"$ROOT/tests/support/fingerprint-mysql.sql" | sort; }
# As a sorted set of lines: order is that of names, a comma tells who stands last.
dumped() { mysql_dump "$1" --ignore-table="$1.migrate_version" --ignore-table="$1.migrate_history" | sed -e 's/,$//' -e '/^USE /d' -e '/^\(SELECT\|DO\) SETVAL/d' | sort; }
for schema in types constraints tables objects shop; do
    check_schema "$schema"
done
finish
