#!/usr/bin/env bash
# Revisions of Alembic on PostgreSQL: its SQL, its live databases.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/alembic-tap.sh"

schema() { psql -qXAt -f "$ROOT/tests/support/fingerprint-postgresql.sql" "$1" | grep -v 'alembic_version\|migrate_'; }
theirs=$(newdb theirs) && ours=$(newdb ours); ok "databases"
import_and_compare "$theirs" "$theirs" "$ours"
grep -q 'transaction:false' migrations/versions/cafe*.sql; ok "an autocommit block is a section outside transactions"
finish
