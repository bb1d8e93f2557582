# One project for SQLite, PostgreSQL and MariaDB; to be sourced behind tap.sh, postgresql-tap.sh and mysql-tap.sh.
# tests/fixtures/shop has a model of what all three store, and the same changed: SHOP.
SHOP=$ROOT/tests/fixtures/shop

migrate() { timeout 120 "$MIGRATE" "$@"; }
databases() { # NAME: empty ones, for each dialect
    rm -f app.db
    PG=$(pg_newdb "$1") MY=$(my_newdb "$1" | sed 's/^mysql:/mariadb:/')
}
everywhere() { # NAME COMMAND…: on each dialect
    local name=$1 url
    shift
    for url in sqlite:///app.db "$PG" "$MY"; do
        run migrate --url "$url" "$@"
        [ "$status" = 0 ]; ok "$name: ${url%%:*}"
        [ "$status" = 0 ] || explain
    done
}
pg_tables() { psql_rows "$1" "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relname NOT LIKE 'migrate%' UNION ALL SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE nspname = 'public' AND typname NOT LIKE '%migrate%'"; }
# project NAME LINE: a project with the line in its migrate.ini, and empty databases; keeps what is in PostgreSQL's.
project() {
    new_project "$1"
    sed -i "s/^url = .*/&\n$2/" migrate.ini
    databases "$1"
    empty=$(pg_tables "$1")
}
# What is the same with SQL revisions and with operations.
shop_is_there() { # the first revision is written
    everywhere "upgrade" upgrade head
    everywhere "the model, all of it" check
    same "$(psql_rows shop "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_orders_payload'")" \
        "CREATE INDEX ix_orders_payload ON public.orders USING gin (payload)" "with what is for PostgreSQL alone"
}
shop_changes() { # to the second model, and back, and up again
    cp "$SHOP/second.json" migrations/models.json
    run migrate revision --autogenerate -m second --rev-id 0002
    exits 0 "a second revision"
    everywhere "upgrade" upgrade head
    everywhere "the changed model" check
    same "$(psql_rows shop "SELECT enum_range(NULL::order_status), enum_range(NULL::mood)")" "{pending,paid,shipped}|{ok,sad}" \
        "the enums are changed and created on PostgreSQL"
    everywhere "downgrade" downgrade 0001
    everywhere "as the first model says" -x models="$SHOP/first.json" diff
    everywhere "and up again" upgrade head
    everywhere "as before" check
}
goes_to_base() { # NAME: of the project
    everywhere "to base" downgrade base
    same "$(fingerprint app.db)" "" "nothing is left on SQLite"
    same "$(pg_tables "$1")" "$empty" "nothing is left on PostgreSQL"
    same "$(mysql_client -N -e "SELECT count(*) FROM information_schema.tables WHERE table_schema = '$1' AND table_name NOT LIKE 'migrate%'")" 0 \
        "nothing is left on MariaDB"
}
