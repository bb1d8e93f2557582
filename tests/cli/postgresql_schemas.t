#!/usr/bin/env bash
# Five schemas that together use all of PostgreSQL that the tool knows: inspect finds no difference with itself, and what
# is made from it, by create_all and by a revision, is the same by the catalogs' own words and by pg_dump.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/schema-tap.sh"

facts() { # DATABASE
    psql -qXAt -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$ROOT/tests/support/fingerprint-postgresql.sql" |
        sort_storage_parameters
}
# pg_dump's statements as a sorted set: it dumps in an order that depends on the objects' age, so that columns of a table
# and statements are compared one by one.
dumped() { # DATABASE
    pg_dump --schema-only --no-owner --no-privileges "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -T 'migrate_*' |
        sed -e '/^--/d' -e '/^$/d' -e '/^SET /d' -e '/^SELECT pg_catalog.set_config/d' -e '/^\\\(un\)\?restrict/d' -e 's/,$//' | sort_storage_parameters | sort
}
load_schema() {
    psql -qX -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$ROOT/tests/fixtures/postgresql/$1.sql"
}
for schema in types constraints partitions objects shop; do
    SETTINGS='include_schemas = public'
    [ "$schema" != partitions ] || SETTINGS='include_schemas = public, app, Other-Schema'
    check_schema "$schema"
done
finish
