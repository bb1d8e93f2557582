#!/usr/bin/env bash
# Runs that wait for each other, and index builds that wait for every transaction with a snapshot: nobody waits for ever.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

migrate() { timeout 120 "$MIGRATE" "$@"; }
on() { # DATABASE: the project's database from here on
    DB=$1
    URL=$(newdb "$1")
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\n' "$URL" >migrate.ini
}
wait_for() { # QUERY: until it gives t, 10 s at most
    for _ in $(seq 200); do
        [ "$(psql_rows "$DB" "$1")" = t ] && return 0
        sleep 0.05
    done
    return 1
}
start() { # ARGUMENTS…: the tool in the background, as from a terminal: $pid
    perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' timeout --foreground 120 "$MIGRATE" "$@" >out 2>err &
    pid=$!
}
end() { # what has become of it
    wait $pid
    status=$? out=$(cat out) err=$(cat err)
}

# --- index builds, one after the other, while five runs wait and somebody's transactions come and go ---
new_project builds
on builds
psql -qX "$URL" -c 'CREATE TABLE t (a integer, b integer)' -c 'INSERT INTO t SELECT g, g FROM generate_series(1, 100) g'
builds=${BUILDS:-40}
{
    echo '-- migrate:up transaction:false'
    for i in $(seq "$builds"); do
        echo "CREATE INDEX CONCURRENTLY ix$i ON t (a);"
        [ "$i" = "$builds" ] || echo "DROP INDEX CONCURRENTLY ix$i;"
    done
} | revision_file 0001 '' builds
(
    while [ ! -e stop ]; do
        echo 'BEGIN; UPDATE t SET b = b + 1 WHERE a = 1; SELECT pg_sleep(0.03 + random() * 0.04); COMMIT;'
        sleep 0.01
    done | psql -qX "$URL" >/dev/null 2>&1
) &
blocker=$!
pids=()
for i in 1 2 3 4 5 6; do
    timeout -k 1 90 "$MIGRATE" -x lock_wait=200s -x lock_timeout=100ms upgrade head >"out.$i" 2>"err.$i" &
    pids+=($!)
done
failures=0
for i in "${!pids[@]}"; do wait "${pids[i]}" || failures=$((failures + 1)); done
touch stop
wait $blocker
[ "$failures" = 0 ]; ok "$builds index builds, five waiting runs and a blocker: all come to an end"
[ "$(cat out.* | grep -c '^upgraded ')" = 1 ]; ok "the revision is applied once"
same "$(psql_rows builds "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 't'::regclass")" "ix$builds|t" "the last index is there and valid"
grep -q 'waiting for a lock: held by' err.*; ok "the blocker was asked for"
finish
