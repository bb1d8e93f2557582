#!/usr/bin/env bash
# Every command and option of Debian's Alembic is here under its name, and what newer versions have added.
. "$(dirname "$0")/../support/tap.sh"
alembic --version >/dev/null 2>&1 || { echo "Bail out! no alembic (tools/deps.sh test)"; exit 1; }

options_of() { # PROGRAM [COMMAND]: its long and short options, one a line
    "$@" --help 2>&1 | grep -oE '(^|[ ,[])(--[a-z-]+|-[a-z])\b' | tr -d ' ,[' | sort -u
}
global=$(options_of "$MIGRATE")
# What means nothing here is refused with its reason, which counts as known.
known() { # COMMAND OPTION
    "$MIGRATE" "$1" "$2" 2>&1 </dev/null | grep -q "means nothing here, leave it out: ..*" && return
    { options_of "$MIGRATE" "$1"; echo "$global"; } | grep -qx -- "$2"
}

commands=$(alembic --help | grep -oE '\{[a-z_,]+\}' | head -1 | tr -d '{}' | tr ',' ' ')
[ "$(wc -w <<<"$commands")" -ge 14 ]; ok "Alembic lists its commands"
for command in $commands; do
    missing=
    for option in $(options_of alembic "$command"); do
        known "$command" "$option" || missing="$missing $option"
    done
    same "$missing" "" "$command has Alembic's options"
done
missing=
for option in $(options_of alembic); do
    { [ "$option" = --raiseerr ] || grep -qx -- "$option" <<<"$global"; } || missing="$missing $option"
done
same "$missing" "" "so has the whole"
run migrate revision --sql -m x
exits 2 "revision --sql, which Alembic refuses, too"
says "means nothing here" "is explained"

# Since 1.9: check; 1.11: -q; 1.17: current --check-heads.
for pair in "check --help" "current --check-heads" "history --quiet" "history -q"; do
    known "${pair% *}" "${pair#* }"; ok "$pair"
done

# As it is typed: options before and behind the command and its argument, "=" and not, names cut short.
new_project typed
revision_file aaaa "" first <<<$'-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;'
for line in "-c migrate.ini upgrade head" "--config=migrate.ini downgrade base" "-x lock_wait=2 -x lock_timeout=1 upgrade +1" \
    "-n migrate downgrade -1" "upgrade aaaa --sql" "downgrade --sql aaaa:base" "upgrade base:head --sql" \
    "stamp --purge head" "ensure-version" "list-templates" "current --verbose" "history -r base:head -v -i" "--version"; do
    # shellcheck disable=SC2086
    run migrate $line
    exits 0 "migrate $line"
done
finish
