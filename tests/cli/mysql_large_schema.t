#!/usr/bin/env bash
# Hundreds of tables on MariaDB, from one state to a later one and back; MIGRATE_TEST_TABLES says how many.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/large-tap.sh"
load() { mysql_client "${1##*/}" <"$2"; }
# Routines and triggers as the server shows them, byte for byte: with their sql_mode, parameters and line breaks.
code() { mysql_dump "$1" --no-create-info; }
large mysql "${MIGRATE_TEST_TABLES:-300}"
finish
