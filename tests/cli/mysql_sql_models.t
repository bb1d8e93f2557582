#!/usr/bin/env bash
# What mariadb-dump writes of a database is a model of it, as it is: no difference, and the same database elsewhere.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

MODE='STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
facts() { mysql_client -N -B "$1" <"$ROOT/tests/support/fingerprint-mysql.sql" | sort; }
databases() { mysql_client -N -B -e "SHOW DATABASES LIKE 'migrate%'"; }
dump() { # DATABASE [OPTIONS]: the model of the project
    mariadb-dump --no-defaults -uroot -S "$MYFOLDER/socket" --default-character-set=utf8mb4 --routines --events --triggers "$@" >migrations/schema.sql
}
project() { # DATABASE
    new_project "$1"
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = mysql://root@127.0.0.1:%s/%s\nmodels = %%(here)s/migrations/schema.sql\n' "$MYPORT" "$1" >migrate.ini
}
checks() { # NAME
    run migrate check
    exits 0 "$1: check finds nothing"
    [ "$status" = 0 ] || { explain; run migrate diff; explain; }
}

for schema in types constraints tables objects shop; do
    newdb "$schema" >/dev/null
    mysql_client --init-command="SET sql_mode = '$MODE'" "$schema" <"$ROOT/tests/fixtures/mysql/$schema.sql"
    ok "$schema: loads"
    project "$schema"
    wanted=$(facts "$schema")

    dump "$schema"
    checks "$schema, mariadb-dump"
    dump --databases "$schema" --skip-extended-insert --add-drop-database --add-drop-trigger
    checks "$schema, --databases --skip-extended-insert --add-drop-database --add-drop-trigger"
    case $schema in
    constraints | shop) ;; # foreign keys stand before what they refer to there: the client minds, too
    *)
        dump "$schema" --no-data --compact
        checks "$schema, --no-data --compact"
        ;;
    esac
    dump "$schema" --no-data --skip-opt --create-options --skip-quote-names --single-transaction
    checks "$schema, --skip-opt --create-options --skip-quote-names"

    copy=$(newdb "${schema}_copy")
    dump "$schema"
    run migrate create_all --url "$copy"
    exits 0 "$schema: create_all elsewhere"
    [ "$status" = 0 ] || explain
    same "$(facts "${schema}_copy")" "$wanted" "$schema: the copy has the same facts"

    run migrate stamp head
    dump "$schema" --no-autocommit --order-by-primary
    checks "$schema, with the tool's own tables in the dump"
    same "$(facts "$schema" | grep -v migrate_)" "$(printf %s "$wanted" | grep -v migrate_)" "$schema: nothing was changed"
done
same "$(databases)" "" "no scratch database is left"
finish
