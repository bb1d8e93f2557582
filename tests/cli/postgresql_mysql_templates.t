#!/usr/bin/env bash
# The templates on PostgreSQL and MariaDB, as somebody new uses it.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
postgresql=$(newdb app)
. "$ROOT/tests/support/mysql-tap.sh"
mysql=$(newdb app)

ask() { # URL SQL
    case $1 in postgresql*) psql_rows app "$2" ;; *) mysql_client -N -B app -e "$2" ;; esac
}
for template in generic ops; do
    for url in "$postgresql" "$mysql"; do
        name="$template on ${url%%:*}"
        mkdir -p "$WORK/$name" && cd "$WORK/$name" || exit 1
        run migrate init -t "$template" --url "$url"
        exits 0 "$name: init"
        run migrate check
        exits 0 "$name: the model is valid and empty"
        echo '{"tables": [{"name": "customers", "columns": [{"name": "id", "type": "Integer", "primary_key": true},
  {"name": "name", "type": "String(200)", "nullable": false, "index": true}]}]}' >migrations/models.json
        run migrate revision --autogenerate -m "create customers"
        exits 0 "$name: revision --autogenerate"
        run migrate upgrade head
        exits 0 "$name: upgrade"
        run migrate check
        exits 0 "$name: check finds nothing"
        ask "$url" "INSERT INTO customers (id, name) VALUES (1, 'a')"; ok "$name: the table takes rows"
        run migrate downgrade base
        exits 0 "$name: downgrade"
        same "$(ask "$url" "SELECT count(*) FROM information_schema.tables WHERE table_name = 'customers'")" 0 "$name: the table is gone"
        ask "$url" "DROP TABLE migrate_version, migrate_history"; ok "$name: done"
    done
done
finish
