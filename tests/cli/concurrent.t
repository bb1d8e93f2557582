#!/usr/bin/env bash
# Several `upgrade head` at once: one applies, the others wait and find nothing to do; nobody fails.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/crash-history.sh"

new_project concurrent
crash_history
migrate -q upgrade head >/dev/null
alone=$(fingerprint app.db; rows app.db)

at_once() { # N
    local n=$1 i pids=() failures=0 worked
    rm -f app.db*
    for ((i = 0; i < n; i++)); do
        "$MIGRATE" upgrade head >"out.$i" 2>"err.$i" &
        pids+=($!)
    done
    for i in "${!pids[@]}"; do
        wait "${pids[i]}" || { failures=$((failures + 1)); sed 's/^/# /' "err.$i"; }
    done
    [ "$failures" = 0 ]; ok "$n at once: nobody fails"
    worked=$(grep -l '^upgraded 0001' out.* | wc -l)
    [ "$worked" = 1 ]; ok "$n at once: one applies the first revision ($worked)"
    [ "$(cat out.* | grep -c '^upgraded ')" = 5 ]; ok "$n at once: each revision is applied once"
    same "$(fingerprint app.db; rows app.db)" "$alone" "$n at once: the state of a single run"
    [ ! -e app.db.migrate-lock ]; ok "$n at once: no lock file stays"
    rm -f out.* err.*
}
for round in 1 2 3; do
    at_once 2
    at_once 8
done

# A lock that stays held: exit 3, and the holder is named.
rm -f app.db*
sqlite3 app.db 'CREATE TABLE x (y)'
mkfifo pipe
sqlite3 app.db <pipe &
holder=$!
exec 9>pipe
echo 'BEGIN IMMEDIATE;' >&9
for _ in $(seq 100); do
    sqlite3 app.db 'BEGIN IMMEDIATE; ROLLBACK' 2>/dev/null || break
    sleep 0.02
done
run migrate -x lock_wait=300ms -x lock_timeout=100ms upgrade head
exits 3 "somebody else's transaction stays open"
says "lock" "the message speaks of the lock"
exec 9>&-
wait "$holder"
run migrate upgrade head
exits 0 "and works when it is gone"
finish
