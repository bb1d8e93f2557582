#!/usr/bin/env bash
# What pg_dump writes of a database is a model of it, as it is: no difference, and the same database elsewhere.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

url_of() { echo "postgresql://postgres@127.0.0.1:$PGPORT_/$1"; }
facts() { psql -qXAt -v ON_ERROR_STOP=1 "$(url_of "$1")" -f "$ROOT/tests/support/fingerprint-postgresql.sql"; }
databases() { psql_rows postgres "SELECT datname FROM pg_database WHERE datname LIKE 'migrate%' ORDER BY 1"; }
dump() { # DATABASE [OPTIONS]: the model of the project
    local name=$1
    shift
    pg_dump "$@" "$(url_of "$name")" >migrations/schema.sql
}
project() { # DATABASE [SETTINGS]
    new_project "$1"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/schema.sql\n%s\n' "$(url_of "$1")" "${2:-}" >migrate.ini
}
checks() { # NAME
    run migrate check
    exits 0 "$1: check finds nothing"
    [ "$status" = 0 ] || { explain; run migrate diff; explain; }
}

psql_rows postgres 'CREATE ROLE shop_owner; CREATE ROLE shop_reader' >/dev/null
for schema in types constraints partitions objects shop; do
    url=$(newdb "$schema")
    psql -qX -v ON_ERROR_STOP=1 "$url" -f "$ROOT/tests/fixtures/postgresql/$schema.sql" >/dev/null
    ok "$schema: loads"
    include='include_schemas = public'
    [ "$schema" != partitions ] || include='include_schemas = public, app, Other-Schema'
    project "$schema" "$include"
    psql_rows "$schema" "GRANT SELECT ON ALL TABLES IN SCHEMA public TO shop_reader; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO shop_reader" >/dev/null
    wanted=$(facts "$schema")

    dump "$schema"
    checks "$schema, pg_dump"
    dump "$schema" --inserts --create --clean --if-exists --quote-all-identifiers
    checks "$schema, --inserts --create --clean --if-exists --quote-all-identifiers"
    dump "$schema" --clean
    checks "$schema, --clean"
    dump "$schema" --schema-only -O -x
    checks "$schema, --schema-only -O -x"

    copy=$(newdb "${schema}_copy")
    run migrate create_all --url "$copy"
    exits 0 "$schema: create_all elsewhere"
    [ "$status" = 0 ] || explain
    same "$(facts "${schema}_copy")" "$wanted" "$schema: the copy has the same facts"

    run migrate stamp head
    dump "$schema" --column-inserts --use-set-session-authorization
    checks "$schema, with the tool's own tables in the dump"
    same "$(facts "$schema" | grep -v migrate_)" "$(printf %s "$wanted" | grep -v migrate_)" "$schema: nothing was changed"
done
same "$(databases)" "" "no scratch database is left"
finish
