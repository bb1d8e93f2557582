#!/usr/bin/env bash
# check finds nothing whatever a database, a role or a server is set to, after a restart, and after dump and restore; with
# the dump and with the JSON of inspect as the model.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

url_of() { echo "postgresql://postgres@127.0.0.1:$PGPORT_/$1"; }
admin() { psql -qX -v ON_ERROR_STOP=1 "$PGURL" "$@" >/dev/null; }
checks() { # NAME [URL]: in each model format
    local format
    for format in sql json; do
        run migrate -c "$format.ini" ${2:+--url "$2"} check
        exits 0 "$1: check finds nothing ($format)"
        [ "$status" = 0 ] || { explain; run migrate -c "$format.ini" ${2:+--url "$2"} diff; explain; }
    done
}

new_project settings
schemas='types constraints objects shop'
for schema in $schemas; do
    url=$(newdb "$schema")
    psql -qX -v ON_ERROR_STOP=1 "$url" -f "$ROOT/tests/fixtures/postgresql/$schema.sql" >/dev/null
    mkdir -p "$schema"
    pg_dump "$url" >"$schema/schema.sql"
    for format in sql json; do
        model=schema.sql
        [ $format = sql ] || model=models.json
        printf '[migrate]\nscript_location = %%(here)s/../migrations\nurl = %s\nmodels = %%(here)s/%s\ninclude_schemas = public\n' "$url" "$model" >"$schema/$format.ini"
    done
    migrate -c "$schema/json.ini" inspect >"$schema/models.json"
    ok "$schema: inspect"
done
each() { # NAME
    for schema in $schemas; do
        cd "$WORK/settings/$schema" || exit 1
        checks "$schema, $1"
    done
}
set_all() { # SETTING = VALUE
    for schema in $schemas; do admin -c "ALTER DATABASE $schema SET $1"; done
}
reset_all() {
    for schema in $schemas; do admin -c "ALTER DATABASE $schema RESET ALL"; done
}
each 'as it is'
set_all "datestyle = 'SQL, DMY'"
set_all "timezone = 'Asia/Kathmandu'"
set_all "intervalstyle = 'sql_standard'"
set_all "extra_float_digits = -10"
set_all "bytea_output = 'escape'"
each 'other words for values'
reset_all
set_all "standard_conforming_strings = off"
set_all "quote_all_identifiers = on"
set_all "default_text_search_config = 'pg_catalog.german'"
set_all "lc_monetary = 'C'"
set_all "default_with_oids = off" 2>/dev/null
set_all "check_function_bodies = off"
set_all "array_nulls = off"
set_all "transform_null_equals = on"
set_all "default_transaction_isolation = 'serializable'"
set_all "default_toast_compression = 'pglz'"
set_all "client_min_messages = 'debug1'"
each 'other ways to read'
reset_all
admin -c "ALTER ROLE postgres SET search_path = public, pg_catalog" -c "ALTER ROLE postgres SET datestyle = 'German'"
each 'settings of the role'
admin -c "ALTER ROLE postgres RESET ALL"
set_all "search_path = '\$user', public, pg_temp"
each 'another search_path'
reset_all

"$ROOT/tests/support/postgresql.sh" stop "$PGFOLDER" && "$ROOT/tests/support/postgresql.sh" again "$PGFOLDER"
ok 'the server starts again'
each 'after a restart'
for schema in $schemas; do
    cd "$WORK/settings/$schema" || exit 1
    copy=$(newdb "${schema}_restored")
    psql -qX -v ON_ERROR_STOP=1 "$copy" -f schema.sql >/dev/null
    checks "$schema, after dump and restore" "$copy"
done
finish
