#!/usr/bin/env bash
# inspect --format sql and --format json on PostgreSQL: what is written loads with psql and as a model, and gives the
# same bytes.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/formats-tap.sh"

client() { psql -qX -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$2"; }
facts() { client "$1" "$ROOT/tests/support/fingerprint-postgresql.sql" | sort_storage_parameters; }
settings() {
    psql_rows "$1" "SELECT 'include_schemas = ' || string_agg(nspname, ', ') FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'"
}
for schema in types constraints partitions objects shop; do
    check_formats "$schema" "$ROOT/tests/fixtures/postgresql/$schema.sql"
done
for side in A B; do
    # names of the sequences of serial and identity columns are not modelled
    side_of_pairs postgresql $side identity_name >"$WORK/$side.sql"
    check_formats "pairs_$side" "$WORK/$side.sql"
done
finish
