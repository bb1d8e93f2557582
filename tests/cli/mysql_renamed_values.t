#!/usr/bin/env bash
# Renamed values of an ENUM on MariaDB: rows move along, up and down, and nothing else of them changes.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/renamed-values.sh"
run_sql() { mysql_client -N -B "$1" | tr '\t' '|'; }
renamed_values
finish
