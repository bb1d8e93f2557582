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
