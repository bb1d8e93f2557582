#!/usr/bin/env bash
# check --against-history on PostgreSQL: schemas that together use all that the tool knows are what their revisions make;
# drift is found, the scratch database is gone whatever happens.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/against-history.sh"
scratch_left() { psql -qXAt "$PGURL" -c "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate\_scratch%'"; }
statement() { psql -qX -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -c "$2" >/dev/null 2>&1; }

for schema in types constraints partitions objects shop; do
    SETTINGS='include_schemas = public'
    [ "$schema" != partitions ] || SETTINGS='include_schemas = public, app, Other-Schema'
    schema_agrees "$schema" "$ROOT/tests/fixtures/postgresql/$schema.sql"
done
SETTINGS=
drift_is_found
finish
