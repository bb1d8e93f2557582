#!/usr/bin/env bash
# version_table = alembic_version: a SQLite database that Debian's Alembic made and both programs go on with.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/alembic-turns.sh"
fresh() { rm -f "$WORK/$1.db"; echo "sqlite:///$WORK/$1.db"; }
ask() { sqlite3 -batch "$WORK/$1.db" "$2"; }
adopt_all

# What Alembic alone has made: nothing of ours is in it until we change something.
url=$(fresh alone)
theirs "$url" upgrade heads >/dev/null 2>&1
for command in current "current -v" "history" heads status check "upgrade heads" "upgrade heads --dry-run"; do
    # shellcheck disable=SC2086
    ours "$url" $command >/dev/null 2>&1
done
same "$(ask alone "SELECT name FROM sqlite_schema WHERE name LIKE 'migrate%'")" "" "what only reads makes no table"
run ours "$url" upgrade heads
prints "nothing to do: at eeee, mmmm" "upgrade has nothing to do"
run ours "$url" downgrade bbbb
exits 0 "our downgrade of what Alembic applied"
same "$(ask alone "SELECT revision, direction FROM migrate_history")" "mmmm|down" "is in the history"
theirs "$url" upgrade heads >/dev/null 2>&1
run ours "$url" status --json
same "$(python3 -c 'import json, sys
d = json.load(sys.stdin); print(d["current"], d["applied"], d["pending"], d["missing"])' <<<"$out")" "['eeee', 'mmmm'] 6 0 0" "status goes by the version rows"
finish
