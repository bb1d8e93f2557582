#!/usr/bin/env bash
# kill -9 at every statement boundary, at every write, and at random times: the next `upgrade head` always reaches the
# state of an undisturbed run. MIGRATE_TEST_CRASHES=all tries every write, else every few.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/crash-history.sh"
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so

state() {
    fingerprint "$1"
    rows "$1"
    sqlite3 -batch "$1" "PRAGMA user_version; PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT * FROM sqlite_sequence WHERE name NOT LIKE 'migrate%' ORDER BY 1"
    sqlite3 -batch "$1" "SELECT version_num FROM migrate_version"
}
new_project crash
crash_history
run migrate upgrade head
exits 0 "an undisturbed run"
undisturbed=$(state app.db)
case $undisturbed in *0005*) true ;; *) false ;; esac; ok "the undisturbed run is at head"
rm app.db

# Runs the program, to be killed at a point. The braces keep the shell's own note about it off the log.
killed() { # KIND KILL_AT|KILL_AFTER POINT ARGUMENTS…
    local settings=(KILL_ON="$1" "$2=$3" LD_PRELOAD="$KILL")
    shift 3
    { env "${settings[@]}" "$MIGRATE" -q "$@" >/dev/null; } 2>/dev/null
}
# Every point of one kind, STEP apart; prints one result for all of them.
kill_everywhere() { # KIND before|after STEP
    local kind=$1 when=$2 step=$3 total point bad=0 survived=0
    rm -f app.db*
    KILL_ON=$kind KILL_COUNT=$WORK/count LD_PRELOAD=$KILL "$MIGRATE" -q upgrade head >/dev/null
    total=$(cat "$WORK/count")
    [ "$total" -gt 20 ]; ok "there are points to be killed at ($kind: $total)"
    for ((point = 1; point <= total; point += step)); do
        rm -f app.db*
        killed "$kind" "$([ "$when" = before ] && echo KILL_AT || echo KILL_AFTER)" "$point" upgrade head
        [ $? = 137 ] || { echo "# $kind $when $point: was not killed"; bad=$((bad + 1)); }
        if ! "$MIGRATE" -q upgrade head >/dev/null 2>"$WORK/killed"; then
            echo "# $kind $when $point: $(head -5 "$WORK/killed")"
            bad=$((bad + 1))
        elif [ "$(state app.db)" != "$undisturbed" ]; then
            echo "# $kind $when $point: another state"
            diff <(echo "$undisturbed") <(state app.db) | head -10 | sed 's/^/# /'
            bad=$((bad + 1))
        else
            survived=$((survived + 1))
        fi
        [ "$bad" -lt 10 ] || break
    done
    [ "$bad" = 0 ]; ok "killed $when $kind: $survived interruptions survived"
}
write_step=7
[ "${MIGRATE_TEST_CRASHES:-}" = all ] && write_step=1
if [ -n "${MIGRATE_TEST_SANITIZED:-}" ]; then
    skip "kill at every statement" "the sanitizers' run-time wants to be loaded first; the plain build runs this"
else
    kill_everywhere statement before 1
    kill_everywhere statement after 1
    kill_everywhere write before "$write_step"
fi

# Downgrades too.
kill_downgrades() {
    rm -f app.db*
    migrate -q upgrade head >/dev/null
    cp app.db head.db
    KILL_ON=statement KILL_COUNT=$WORK/count LD_PRELOAD=$KILL "$MIGRATE" -q downgrade base >/dev/null 2>&1
    total=$(cat "$WORK/count") bad=0 survived=0
    [ "$total" -gt 20 ]; ok "there are points to be killed at (downgrade: $total)"
    based=$(fingerprint app.db)
    for ((point = 1; point <= total; point++)); do
        rm -f app.db*
        cp head.db app.db
        killed statement KILL_AT "$point" downgrade base
        if ! "$MIGRATE" -q downgrade base >/dev/null 2>"$WORK/killed" || [ "$(fingerprint app.db)" != "$based" ]; then
            echo "# downgrade killed at $point: $(head -3 "$WORK/killed")"
            bad=$((bad + 1))
        else
            survived=$((survived + 1))
        fi
        [ "$bad" -lt 10 ] || break
    done
    [ "$bad" = 0 ]; ok "downgrade killed at every statement: $survived interruptions survived"
}
[ -n "${MIGRATE_TEST_SANITIZED:-}" ] || kill_downgrades

# Random times.
bad=0 survived=0
for i in $(seq 1 30); do
    rm -f app.db*
    "$MIGRATE" -q upgrade head >/dev/null 2>&1 &
    pid=$!
    sleep "0.00$((RANDOM % 10))$((RANDOM % 10))"
    { kill -9 "$pid" && wait "$pid"; } 2>/dev/null
    if "$MIGRATE" -q upgrade head >/dev/null 2>"$WORK/killed" && [ "$(state app.db)" = "$undisturbed" ]; then
        survived=$((survived + 1))
    else
        echo "# $(head -5 "$WORK/killed")"
        bad=$((bad + 1))
    fi
done
[ "$bad" = 0 ]; ok "killed at random times: $survived interruptions survived"
finish
