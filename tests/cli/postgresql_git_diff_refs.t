#!/usr/bin/env bash
# diff REF1..REF2 with models in SQL on PostgreSQL.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/git.sh"
scratch_left() { psql -qXAt "$PGURL" -c "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate%'"; }
URL=$(newdb compared)
. "$ROOT/tests/support/diff-refs.sh"
