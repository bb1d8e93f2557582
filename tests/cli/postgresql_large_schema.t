#!/usr/bin/env bash
# A thousand tables on PostgreSQL, from one state to a later one and back.
. "$(dirname "$0")/../support/tap.sh"
PG_SETTINGS=max_locks_per_transaction=256
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/large-tap.sh"
load() { psql -qX1 -v ON_ERROR_STOP=1 "$1" -f "$2"; }
large postgresql 1000
finish
