#!/usr/bin/env bash
# Schemas that use all of MariaDB, each compared with itself: as SQL, as mariadb-dump says it and as inspect writes it,
# under other settings of the server, whoever reads it, and after a restart. Nothing may differ.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

pairs=$ROOT/tests/fixtures/pairs/mysql
part() { # FILE A|B
    awk -v wanted="-- schema $2" '/^-- (schema|rows) [AB]$/ {inside = $0 == wanted; next}
        /^-- (changes|renamed|alone): / {next} inside' "$1"
}
schema() { # A|B [FEATURES to leave out]
    local file without=" ${*:2} "
    for file in "$pairs"/*.sql; do
        case $without in *" $(basename "$file" .sql) "*) ;; *) part "$file" "$1" ;; esac
    done
}
configure() { # URL MODELS
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/%s\n' "$1" "$2" >migrate.ini
}
nothing_differs() { # NAME
    run migrate check
    exits 0 "$1"
}
setting() { # NAME=VALUE…
    local each
    for each; do mysql_client -e "SET GLOBAL ${each%%=*} = ${each#*=}"; done
}
dumped() { # DATABASE
    mariadb-dump --no-defaults -uroot -S "$MYFOLDER/socket" --default-character-set=utf8mb4 --routines --events \
        --triggers "$1"
}

states="A B"
[ "${MIGRATE_TEST_SCALE:-}" != small ] || states=A
for state in $states; do
    database=all_$state
    new_project "$database"
    url=$(newdb "$database")
    schema "$state" >schema.sql
    mysql_client "$database" <schema.sql
    ok "$state: loaded by the client"
    configure "$url" schema.sql
    nothing_differs "$state: as SQL"
    # the one thing that a dump does not hold: SHOW CREATE TABLE has no REF_SYSTEM_ID
    dumped "$database" >dump.sql
    printf '%s\n' "[migrate]" 'script_location = %(here)s/migrations' "url = $url" 'models = %(here)s/dump.sql' \
        'exclude_tables = srids_t' >migrate.ini
    nothing_differs "$state: as mariadb-dump says it"
    migrate inspect >models.json
    ok "$state: inspect"
    configure "$url" models.json
    nothing_differs "$state: as inspect says it"
    setting sql_mode="'ANSI_QUOTES,PIPES_AS_CONCAT'"
    nothing_differs "$state: as inspect says it, in other modes"
    configure "$url" schema.sql
    for mode in ANSI_QUOTES PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE NO_BACKSLASH_ESCAPES ''; do
        setting sql_mode="'$mode'"
        nothing_differs "$state: sql_mode '$mode'"
    done
    setting sql_mode=DEFAULT character_set_server=latin1 collation_server=latin1_german2_ci
    nothing_differs "$state: another character set of the server"
    setting character_set_server=utf8mb4 collation_server=utf8mb4_unicode_520_ci sql_quote_show_create=0
    nothing_differs "$state: another collation, and names without quotes"
    setting collation_server=utf8mb4_general_ci sql_quote_show_create=1 time_zone="'+11:00'"
    # the literal default of a TIMESTAMP is a moment: the same text is another one where clocks differ
    echo 'exclude_tables = times, nullables' >>migrate.ini
    nothing_differs "$state: another time zone"
    setting time_zone=DEFAULT
done
kill_server
for state in $states; do
    cd "../all_$state" || exit 1
    nothing_differs "$state: after a restart"
done

# Names of tables in small letters, whatever is written.
"$ROOT/tests/support/mysql.sh" stop "$MYFOLDER"
LOWER=$(mktemp -d /tmp/mmy.XXXXXX)
at_exit '"$ROOT/tests/support/mysql.sh" stop "$LOWER"; rm -rf "$LOWER"'
base=$("$ROOT/tests/support/mysql.sh" start "$LOWER" lower_case_table_names=1)
for state in $states; do
    new_project "lower_$state"
    schema "$state" casetables >schema.sql
    mariadb --no-defaults -uroot -S "$LOWER/socket" --default-character-set=utf8mb4 \
        -e "CREATE DATABASE lower_$state CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
    mariadb --no-defaults -uroot -S "$LOWER/socket" --default-character-set=utf8mb4 "lower_$state" <schema.sql
    ok "$state: loaded where tables have small letters"
    configure "${base}lower_$state" schema.sql
    nothing_differs "$state: small letters"
done
finish
