#!/usr/bin/env bash
# inspect --format sql and --format json on PostgreSQL: what is written loads with psql and as a model, and gives the
# same bytes.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/formats-tap.sh"

client() { psql -qX -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$2"; }
facts() { client "$1" "$ROOT/tests/support/fingerprint-postgresql.sql" | tr -d '\r'; }
for schema in types constraints partitions objects shop; do
    SETTINGS='include_schemas = public'
    [ "$schema" != partitions ] || SETTINGS='include_schemas = public, app, Other-Schema'
    check_formats "$schema" "$ROOT/tests/fixtures/postgresql/$schema.sql"
done
finish
