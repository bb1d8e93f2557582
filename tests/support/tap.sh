# For tests of the real program: a temporary project folder per file, and checks that print TAP.
# Use: . "$(dirname "$0")/../support/tap.sh"; checks …; finish
set -u
: "${MIGRATE:=$(cd "$(dirname "$0")/../.." && pwd)/build/migrate}"
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/migrate-test.XXXXXX")
# at_exit COMMAND: for when the test ends, however it does; the last one said is the first to run.
AT_EXIT='chmod -R u+w "$WORK" 2>/dev/null; rm -rf "$WORK"'
at_exit() {
    AT_EXIT="$1; $AT_EXIT"
    trap "$AT_EXIT" EXIT
}
trap "$AT_EXIT" EXIT
cd "$WORK" || exit 1
unset DATABASE_URL MIGRATE_CONFIG NO_COLOR
export G_DEBUG=fatal-criticals
test_number=0 failed=0

migrate() { "$MIGRATE" "$@"; }

ok() { # NAME: the result of the command before
    local status=$?
    test_number=$((test_number + 1))
    if [ "$status" = 0 ]; then
        echo "ok $test_number - $1"
    else
        failed=$((failed + 1))
        echo "not ok $test_number - $1"
    fi
}
# run COMMAND…: keeps $status, $out and $err for the checks behind it.
run() {
    "$@" >"$WORK/.out" 2>"$WORK/.err" </dev/null
    status=$?
    out=$(cat "$WORK/.out") err=$(cat "$WORK/.err")
}
explain() {
    echo "# status $status"
    printf '%s\n' "stdout: $out" "stderr: $err" | sed 's/^/# /'
}
exits() { # STATUS NAME
    [ "$status" = "$1" ]; ok "$2 (exit $1)"
    [ "$status" = "$1" ] || explain
}
prints() { # TEXT NAME: on stdout
    case $out in *"$1"*) true ;; *) explain; false ;; esac; ok "$2"
}
says() { # TEXT NAME: on stderr
    case $err in *"$1"*) true ;; *) explain; false ;; esac; ok "$2"
}
silent() { # NAME
    [ -z "$out" ] || { explain; false; }; ok "$1"
}
same() { # A B NAME
    if [ "$1" = "$2" ]; then true; else printf '%s\n' "$1" >"$WORK/.a"; printf '%s\n' "$2" >"$WORK/.b"; diff "$WORK/.a" "$WORK/.b" | sed 's/^/# /' | head -40; false; fi
    ok "$3"
}
skip() { # NAME REASON
    test_number=$((test_number + 1))
    echo "ok $test_number - $1 # SKIP $2"
}
finish() {
    echo "1..$test_number"
    exit "$((failed > 0))"
}

# A fresh project: new_project NAME [INIT OPTIONS]; leaves us in its folder.
new_project() {
    local name=$1
    shift
    mkdir -p "$WORK/$name" && cd "$WORK/$name" && migrate -q init --url sqlite:///app.db "$@" >/dev/null
}
model() { cat >migrations/models.json; }
# A revision file: revision ID PARENT NAME, text on stdin.
revision_file() {
    { printf -- '-- Message: %s\n-- Revision: %s\n-- Revises: %s\n-- Created: 2026-01-01T00:00:00Z\n\n' "$3" "$1" "$2"; cat; } \
        >"migrations/versions/$1_$3.sql"
}
# What a database is, in sqlite3's own words, without the tool's tables.
fingerprint() {
    sqlite3 -batch "$1" "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'migrate\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\\' ORDER BY 1, 2"
}
rows() { sqlite3 -batch "$1" .dump | grep '^INSERT INTO' | grep -v 'INTO migrate_' | sort; }
