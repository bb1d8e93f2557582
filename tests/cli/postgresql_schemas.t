#!/usr/bin/env bash
# Five schemas that together use all of PostgreSQL that the tool knows: inspect finds no difference with itself, and what
# is made from it, by create_all and by a revision, is the same by the catalogs' own words and by pg_dump.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

facts() { # DATABASE
    psql -qXAt -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$ROOT/tests/support/fingerprint-postgresql.sql"
}
# pg_dump's statements as a sorted set: it dumps in an order that depends on the objects' age, so that columns of a table
# and statements are compared one by one.
dumped() { # DATABASE
    pg_dump --schema-only --no-owner --no-privileges "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -T 'migrate_*' |
        sed -e '/^--/d' -e '/^$/d' -e '/^SET /d' -e '/^SELECT pg_catalog.set_config/d' -e '/^\\\(un\)\?restrict/d' -e 's/,$//' | sort
}
check_schema() { # NAME SCHEMAS
    local name=$1 schemas=$2 url copy built wanted dump
    url=$(newdb "$name") copy=$(newdb "${name}_copy") built=$(newdb "${name}_built")
    psql -qX -v ON_ERROR_STOP=1 "$url" -f "$ROOT/tests/fixtures/postgresql/$name.sql" >/dev/null
    ok "$name: the schema loads"
    new_project "$name"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/models.json\ninclude_schemas = %s\n' "$url" "$schemas" >migrate.ini
    wanted=$(facts "$name") dump=$(dumped "$name")

    run migrate inspect
    exits 0 "$name: inspect"
    printf '%s\n' "$out" >migrations/models.json
    run migrate check
    exits 0 "$name: check finds no difference with its own inspection"
    [ "$status" = 0 ] || { run migrate diff; explain; }
    same "$(facts "$name")" "$wanted" "$name: nothing was changed"

    run migrate create_all --url "$copy"
    exits 0 "$name: create_all elsewhere"
    [ "$status" = 0 ] || explain
    same "$(facts "${name}_copy")" "$wanted" "$name: the copy has the same facts"
    same "$(dumped "${name}_copy")" "$dump" "$name: and the same dump"
    run migrate check --url "$copy"
    exits 0 "$name: check of the copy"
    run migrate inspect --url "$copy"
    same "$out" "$(cat migrations/models.json)" "$name: inspecting the copy gives the same bytes"

    run migrate revision --url "$built" --autogenerate -m "the whole" --rev-id 0001
    exits 0 "$name: a revision of all of it"
    run migrate upgrade --url "$built" head
    exits 0 "$name: is applied"
    same "$(facts "${name}_built")" "$wanted" "$name: the built one has the same facts"
    run migrate downgrade --url "$built" base
    exits 0 "$name: down to base"
    [ "$status" = 0 ] || explain
    same "$(facts "${name}_built")" "" "$name: nothing is left"
    run migrate stamp head
    exits 0 "$name: the old database is stamped"
    run migrate check
    exits 0 "$name: and checked"
}
check_schema types public
check_schema constraints public
check_schema partitions 'public, app, Other-Schema'
check_schema objects public
check_schema shop public
finish
