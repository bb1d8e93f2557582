# A live database of Debian's Alembic, handled by both programs in turn; to be sourced behind tap.sh. Before it, define
#   fresh NAME            an empty database: prints SQLAlchemy's URL of it
#   ask NAME SQL          its answer, a row a line
# Alembic's files and ours have the same revisions: two branches from aaaa (one labelled billing), their merge mmmm, and
# a second base eeee (labelled audit) that depends on cccc.
alembic --version >/dev/null 2>&1 || { echo "Bail out! no alembic (tools/deps.sh test)"; exit 1; }

REVISIONS="aaaa||| bbbb|aaaa|| cccc|aaaa|billing| dddd|cccc|| mmmm|bbbb,dddd|| eeee||audit|cccc"

python_tuple() { # A,B
    [ -n "$1" ] && echo "('${1//,/\', \'}',)" || echo None
}
alembic_file() { # ID PARENTS LABEL DEPENDS-ON
    printf 'revision = "%s"\ndown_revision = %s\nbranch_labels = %s\ndepends_on = %s\nfrom alembic import op\n' \
        "$1" "$(python_tuple "$2")" "$(python_tuple "$3")" "$(python_tuple "$4")"
    printf 'def upgrade():\n    op.execute("CREATE TABLE t_%s (x INTEGER)")\n' "$1"
    printf 'def downgrade():\n    op.execute("DROP TABLE t_%s")\n' "$1"
}
our_file() {
    printf -- '-- Message: %s\n-- Revision: %s\n-- Revises: %s\n' "$1" "$1" "${2//,/, }"
    [ -z "$3" ] || echo "-- Branch-Labels: $3"
    [ -z "$4" ] || echo "-- Depends-On: $4"
    printf -- '\n-- migrate:up\nCREATE TABLE t_%s (x INTEGER);\n\n-- migrate:down\nDROP TABLE t_%s;\n' "$1" "$1"
}
both_projects() { # in the current folder: alembic.ini beside migrate.ini
    alembic -q init theirs >/dev/null 2>&1 || alembic init theirs >/dev/null 2>&1
    cat >theirs/env.py <<'P'
import os
from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
with create_engine(os.environ["ADOPT_URL"], poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
P
    migrate -q init ours >/dev/null
    echo "version_table = alembic_version" >>migrate.ini
    local id parents label depends
    while IFS='|' read -r id parents label depends; do
        alembic_file "$id" "$parents" "$label" "$depends" >"theirs/versions/$id.py"
        our_file "$id" "$parents" "$label" "$depends" >"ours/versions/$id.sql"
    done < <(tr ' ' '\n' <<<"$REVISIONS")
}
theirs() { ADOPT_URL=$1 alembic "${@:2}"; }
ours() { migrate --url "$1" "${@:2}"; }
version_rows() { ask "$1" "SELECT version_num FROM alembic_version" | sort | tr '\n' ' '; }
tables_there() { for id in aaaa bbbb cccc dddd eeee mmmm; do ask "$1" "SELECT 1 FROM t_$id WHERE 1 = 0" >/dev/null 2>&1 && printf '%s ' "$id"; done; }
ids() { grep -oE '^(aaaa|bbbb|cccc|dddd|eeee|mmmm)\b' | sort | tr '\n' ' '; }

outcome() { if [ "$1" = 0 ]; then echo done; else echo refused; fi; }

# adopted NAME STEP…: every step, "COMMAND SPEC…", is taken on two databases, where the programs take turns, the one
# beginning with Alembic, the other with ours. They end alike after each step.
adopted() {
    local name=$1 step turn=0 first second
    shift
    local one two
    one=$(fresh "$name"_one) two=$(fresh "$name"_two)
    for step; do
        if [ $((turn % 2)) = 0 ]; then first=theirs second=ours; else first=ours second=theirs; fi
        # shellcheck disable=SC2086
        "$first" "$one" $step >"$WORK/first.log" 2>&1
        local first_status=$?
        # shellcheck disable=SC2086
        "$second" "$two" $step >"$WORK/second.log" 2>&1
        local second_status=$?
        [ "$(outcome $first_status)" = "$(outcome $second_status)" ] || sed 's/^/# /' "$WORK/first.log" "$WORK/second.log" | tail -12
        same "$(outcome $first_status) $(version_rows "$name"_one)| $(tables_there "$name"_one)" \
            "$(outcome $second_status) $(version_rows "$name"_two)| $(tables_there "$name"_two)" "$name: $step, by $first and by $second"
        same "$(ours "$one" current | ids)" "$(theirs "$one" current 2>/dev/null | ids)" "$name: current after $step: both say $(version_rows "$name"_one)"
        turn=$((turn + 1))
    done
}
adopt_short() {
    both_projects
    adopted up "upgrade aaaa" "upgrade bbbb" "upgrade billing@head" "upgrade audit@head" "upgrade heads" "downgrade base"
    adopted stamped "stamp dddd bbbb" "upgrade eeee" "stamp base" "stamp heads" "stamp --purge mmmm"
}
# Left out: a stamp from a merge to what it merges, where Alembic 1.8 ends with a KeyError, and "stamp heads" from bbbb,
# dddd and eeee, where it forgets eeee, which is a head.
adopt_all() {
    both_projects
    adopted up "upgrade aaaa" "upgrade bbbb" "upgrade billing@head" "upgrade audit@head" "upgrade heads" "upgrade heads"
    adopted heads "upgrade heads" "downgrade base" "upgrade heads" "downgrade base"
    adopted down "upgrade heads" "downgrade mmmm-1" "upgrade mmmm" "downgrade aaaa" "downgrade base" "upgrade mmmm"
    adopted branches "upgrade billing@cccc" "upgrade bbbb" "upgrade +1" "downgrade billing@cccc" "upgrade heads"
    adopted relative "upgrade +1" "upgrade cccc" "upgrade billing@+1" "downgrade -1" "downgrade -1" "downgrade -1"
    adopted stamped "stamp bbbb" "stamp dddd bbbb" "stamp heads" "stamp aaaa" "stamp --purge mmmm" "stamp base" "stamp heads"
    adopted depending "upgrade eeee" "downgrade audit@base" "upgrade audit@head" "upgrade heads"
    adopted mixed "upgrade bbbb" "stamp mmmm" "stamp --purge bbbb" "downgrade base" "upgrade heads"
}
