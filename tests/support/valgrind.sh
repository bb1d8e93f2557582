# Commands under valgrind, in a folder of their own; to be sourced. An error or a leak fails.
: "${MIGRATE:=build/migrate}"
MIGRATE=$(realpath "$MIGRATE")
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
commands=0
check() { # EXIT COMMAND…
    local wanted=$1 status=0
    shift
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite "$MIGRATE" "$@" >out 2>err </dev/null || status=$?
    if [ "$status" != "$wanted" ]; then
        echo "migrate $*: exit $status instead of $wanted" >&2
        cat out err >&2
        exit 1
    fi
    commands=$((commands + 1))
}
