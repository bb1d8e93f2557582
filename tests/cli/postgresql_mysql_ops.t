#!/usr/bin/env bash
# One history of portable operations (with an SQL revision, a second base and a merge in it) on SQLite, PostgreSQL and
# MariaDB: the same schema three times, as our inspectors and as SQLAlchemy's tell in generic types; on the servers also
# what Alembic makes of the same operations in its own words, revision by revision, up and down.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
export PYTHONDONTWRITEBYTECODE=1
PYTHON=/usr/bin/python3
command -v "$PYTHON" >/dev/null && "$PYTHON" -c 'import alembic, sqlalchemy, psycopg2, pymysql' || { echo "Bail out! Alembic, SQLAlchemy, psycopg2 or PyMySQL is missing"; exit 1; }

generic() { "$PYTHON" "$ROOT/tests/support/generic_schema.py" "$1"; }
alembic() { # URL COMMAND…
    ALEMBIC_URL=$1 "$PYTHON" -m alembic -c "$ROOT/tests/fixtures/ops_alembic/alembic.ini" "${@:2}" >"$WORK/.alembic" 2>&1 || {
        sed 's/^/# alembic: /' "$WORK/.alembic" | tail -5
        false
    }
}
own='(migrate|alembic)_'
pg_facts() { psql -qXAt "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$ROOT/tests/support/fingerprint-postgresql.sql" | grep -vE "$own" | sort; }
# The index that MariaDB made for a foreign key stays when Alembic drops the key; we drop it, too.
left=$'^key\tpeople\tfk_people_department\t'
my_facts() {
    mysql_client -N -B "$1" <"$ROOT/tests/support/fingerprint-mysql.sql" | grep -vE "$own" | sort |
        if [ "${without_left:-}" ]; then grep -v "$left"; else cat; fi
}
pg_data() {
    pg_dump --data-only --inserts -T 'migrate_*' -T 'alembic_*' "postgresql://postgres@127.0.0.1:$PGPORT_/$1" 2>/dev/null |
        grep -vE '^(--|SET|SELECT pg_catalog.set_config|.(un)?restrict|$)' | sort
}
my_data() {
    mariadb-dump --no-defaults -uroot -S "$MYFOLDER/socket" --no-create-info --skip-extended-insert --hex-blob --compact \
        --ignore-table="$1".{migrate_version,migrate_history,alembic_version} "$1" | sort
}
steps_up="0001 0002 0003 0004 0005 0006 0007 heads"
steps_down="0006 0005 0004 0003 0002 0001 base"

new_project ops --template ops
rm -rf migrations/versions && cp -r "$ROOT/tests/fixtures/ops" migrations/versions
sqlite=sqlite:///$PWD/app.db
declare -A url=([sqlite]=$sqlite [postgresql]=$(pg_newdb ours) [mariadb]=$(my_newdb ours))
url[mariadb]=${url[mariadb]/mysql:/mariadb:}
declare -A reflected=([sqlite]=$sqlite [postgresql]=${url[postgresql]/postgresql:/postgresql+psycopg2:} [mariadb]=${url[mariadb]/mariadb:/mysql+pymysql:})

for engine in sqlite postgresql mariadb; do
    run migrate --url "${url[$engine]}" upgrade heads
    exits 0 "$engine: upgrade heads"
    [ "$status" = 0 ] || explain
    run migrate --url "${url[$engine]}" current
    prints "0012 (head)" "$engine: stands at the merge"
    migrate --url "${url[$engine]}" inspect >"$WORK/$engine.json"
    generic "$WORK/$engine.json" >"$WORK/$engine.inspected"
    generic "${reflected[$engine]}" >"$WORK/$engine.reflected"
done
[ "$(grep -c column "$WORK/sqlite.inspected")" -ge 25 ]
ok "the schema is not empty"
for engine in postgresql mariadb; do
    same "$(cat "$WORK/$engine.inspected")" "$(cat "$WORK/sqlite.inspected")" "$engine has the schema that sqlite has, by our inspectors"
    same "$(cat "$WORK/$engine.reflected")" "$(cat "$WORK/sqlite.reflected")" "$engine has the schema that sqlite has, by SQLAlchemy's"
done
same "$(cat "$WORK/sqlite.inspected")" "$(cat "$WORK/sqlite.reflected")" "both agree"

# The rows, and what each kind of value became.
value() { sqlite3 -batch app.db "SELECT $1 FROM people WHERE id = 9007199254740993"; }
same "$(value 'typeof(id), quote(photo)')" "integer|X'00FF27225C00'" "sqlite: an integer of 16 digits, bytes as a blob"
same "$(value 'typeof(age), active, notes, born, wakes, seen_at')" "integer|1|two
lines|1984-12-31|06:30:00|2026-01-02 03:04:05" "sqlite: numbers, booleans, dates and line ends"
same "$(value "json_extract(settings, '\$.list[1]')")" "2" "sqlite: JSON"
same "$(sqlite3 -batch app.db "SELECT name, typeof(budget) FROM teams ORDER BY id")" "Sales|real
O'Brien & Söhne; -- \"x\" \\ %s|integer" "sqlite: quotes, comments and backslashes in a text"
same "$(sqlite3 -batch app.db "SELECT short_name, notes, level FROM people WHERE id = 2")" "elsewhere|none; really|2" "sqlite: execute, several lines, one text for each dialect"

# Alembic beside it, revision by revision.
for engine in postgresql mariadb; do
    short=pg twin=$(pg_newdb twin)
    [ "$engine" = postgresql ] || { short=my; twin=$(my_newdb twin); twin=${twin/mysql:/mysql+pymysql:}; }
    migrate --url "${url[$engine]}" downgrade base >/dev/null 2>"$WORK/.err"
    ok "$engine: down to base"
    [ -s "$WORK/.err" ] && sed 's/^/# /' "$WORK/.err"
    same "$("${short}_facts" ours)" "" "$engine: nothing is left"
    for revision in $steps_up; do
        alembic "$twin" upgrade "$revision"
        ok "$engine: Alembic upgrades to $revision"
        run migrate --url "${url[$engine]}" upgrade "$revision"
        exits 0 "$engine: so do we"
        [ "$status" = 0 ] || explain
        same "$("${short}_facts" ours)" "$("${short}_facts" twin)" "$engine: at $revision the catalogs agree"
        same "$("${short}_data" ours)" "$("${short}_data" twin)" "$engine: at $revision the rows agree"
    done
    for revision in $steps_down; do
        alembic "$twin" downgrade "$revision"
        ok "$engine: Alembic downgrades to $revision"
        run migrate --url "${url[$engine]}" downgrade "$revision"
        exits 0 "$engine: so do we"
        [ "$status" = 0 ] || explain
        without_left=$([ "$revision" != 0001 ] || echo yes)
        same "$("${short}_facts" ours)" "$("${short}_facts" twin)" "$engine: down at $revision the catalogs agree"
    done
done

# SQLite has no Alembic to compare with (most of it needs a batch there): down and up again is the same, step by step.
migrate downgrade base >/dev/null 2>&1
ok "sqlite: down to base"
same "$(fingerprint app.db)" "" "sqlite: nothing is left"
migrate upgrade heads >/dev/null 2>&1
fresh() { # REVISION: what the way up from nothing makes
    rm -f fresh.db
    migrate --url "sqlite:///$PWD/fresh.db" upgrade "$1" >/dev/null 2>&1
    # The branch beside it came down only where what it depends on did.
    case $1 in base | 0001) ;; *) migrate --url "sqlite:///$PWD/fresh.db" upgrade 0011 >/dev/null 2>&1 ;; esac
    generic "sqlite:///$PWD/fresh.db"
}
for revision in $steps_down; do
    run migrate downgrade "$revision"
    exits 0 "sqlite: down to $revision"
    [ "$status" = 0 ] || explain
    same "$(generic "$sqlite")" "$(fresh "$revision")" "sqlite: at $revision it is what the way up makes"
done

# What is printed is what runs.
for engine in sqlite postgresql mariadb; do
    migrate --url "${url[$engine]}" upgrade base:heads --sql >"$WORK/$engine.sql" 2>"$WORK/.err"
    ok "$engine: upgrade --sql"
    [ -s "$WORK/.err" ] && sed 's/^/# /' "$WORK/.err"
done
rm -f printed.db && sqlite3 -batch -bail printed.db <"$WORK/sqlite.sql" >/dev/null
ok "sqlite3 takes it"
migrate upgrade heads >/dev/null 2>&1
same "$(fingerprint printed.db)" "$(fingerprint app.db)" "and makes the same schema"
same "$(rows printed.db | grep -v migrate_)" "$(rows app.db)" "and the same rows"
printed=$(pg_newdb printed)
psql -qX -v ON_ERROR_STOP=1 "$printed" -f "$WORK/postgresql.sql" >/dev/null
ok "psql takes it"
migrate --url "${url[postgresql]}" upgrade heads >/dev/null 2>&1
same "$(pg_facts printed)" "$(pg_facts ours)" "and makes the same schema"
same "$(pg_data printed)" "$(pg_data ours)" "and the same rows"
my_newdb printed >/dev/null && mysql_client printed <"$WORK/mariadb.sql"
ok "mariadb takes it"
migrate --url "${url[mariadb]}" upgrade heads >/dev/null 2>&1
same "$(my_facts printed)" "$(my_facts ours)" "and makes the same schema"
same "$(my_data printed)" "$(my_data ours)" "and the same rows"
finish
