#!/usr/bin/env bash
# version_table = alembic_version: a PostgreSQL database that Debian's Alembic made and both programs go on with.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/alembic-turns.sh"
fresh() { newdb "$1"; }
ask() { psql_rows "$1" "$2"; }
adopt_short
finish
