# For the benchmarks of each engine: times the tool beside another program on the same work and prints ratios of the
# medians, and peak memory. Absolute times mean nothing: compare within one run. RUNS=N sets the number of runs (15).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
MIGRATE=${MIGRATE:-$root/build/migrate}
RUNS=${RUNS:-15}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset DATABASE_URL MIGRATE_CONFIG

# PREPARE runs before each run, not counted.
PREPARE=:
stopwatch() { # COMMAND: wall time in microseconds
    local start=$EPOCHREALTIME end
    eval "$1" >/dev/null 2>&1 || :
    end=$EPOCHREALTIME
    echo $((${end/./} - ${start/./}))
}
median() { sort -n | sed -n "$((RUNS / 2 + 1))p"; }
# Peak resident memory of the tool in a command that starts with it.
peak() {
    eval "$PREPARE"
    if [ -x /usr/bin/time ]; then
        eval "/usr/bin/time -f %M $1" 2>&1 >/dev/null | tail -1 | awk '{printf "%.1f MB", $1 / 1024}'
    else
        echo "? (no /usr/bin/time)"
    fi
}
# The two in turn, so that both see the same machine.
compare() { # NAME AIM OURS THEIRS
    local i a=() b=()
    for ((i = 0; i < RUNS; i++)); do
        eval "$PREPARE"
        a+=("$(stopwatch "$3")")
        eval "$PREPARE"
        b+=("$(stopwatch "$4")")
    done
    awk -v n="$1" -v l="$2" -v a="$(printf '%s\n' "${a[@]}" | median)" -v b="$(printf '%s\n' "${b[@]}" | median)" \
        -v m="$(peak "$3")" \
        'BEGIN {printf "%-42s %9.2f ms %9.2f ms  ratio %5.2f  aim %-6s  peak %s\n", n, a / 1000, b / 1000, a / b, l, m}'
}

# 500 revisions in migrations/versions, each of these statements with the revision's number for %s.
write_steps() { # STATEMENT…
    local i parent= statement
    for i in $(seq -f %04g 1 500); do
        {
            printf -- '-- Message: step %s\n-- Revision: %s\n-- Revises: %s\n\n-- migrate:up\n' "$i" "$i" "$parent"
            for statement; do printf '%s;\n' "${statement//%s/$i}"; done
            printf -- '\n-- migrate:down\nDROP TABLE t%s;\n' "$i"
        } >"migrations/versions/${i}_step.sql"
        parent=$i
    done
}
# The same with Alembic, where a Python has it and the module for this database; PREPARE empties the database.
beside_alembic() { # MODULE URL STATEMENT…
    local module=$1 url=$2 python= candidate i parent=None statement prepare=$PREPARE
    shift 2
    for candidate in python3 /usr/bin/python3; do
        "$candidate" -c "import alembic, $module" 2>/dev/null && python=$candidate && break
    done
    [ -n "$python" ] || { echo "Alembic (with $module) is not installed: not compared"; return; }
    "$python" -m alembic.config init scripts >/dev/null 2>&1
    sed -i "s#^sqlalchemy.url.*#sqlalchemy.url = $url#" alembic.ini
    for i in $(seq -f %04g 1 500); do
        {
            printf 'revision = "%s"\ndown_revision = %s\nbranch_labels = None\ndepends_on = None\n' "$i" "$parent"
            printf 'from alembic import op\ndef upgrade():\n'
            for statement; do printf '    op.execute("%s")\n' "${statement//%s/$i}"; done
            printf 'def downgrade():\n    op.execute("DROP TABLE t%s")\n' "$i"
        } >"scripts/versions/${i}_step.py"
        parent="'$i'"
    done
    compare "500 revisions, beside Alembic" "-" "$MIGRATE -q upgrade head" "$python -m alembic.config upgrade head"
    PREPARE=:
    "$MIGRATE" -q upgrade head || :
    compare "nothing to do at 500, beside Alembic" "-" "$MIGRATE upgrade head" "$python -m alembic.config upgrade head"
    PREPARE=$prepare
}
