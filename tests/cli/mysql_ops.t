#!/usr/bin/env bash
# Revisions of operations on MariaDB, mixed with SQL: up and down, --sql through the server's own client, lost files, and
# kill -9 between the statements of operations, where DDL commits by itself.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/ops-history.sh"
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so

state() { # DATABASE
    mysql_client -N -B "$1" <"$ROOT/tests/support/fingerprint-mysql.sql" | grep -v 'migrate_' | sort
    mysql_client -N -B "$1" -e "SELECT * FROM author ORDER BY 1; SELECT * FROM book ORDER BY 1" 2>/dev/null
}
new_project ops
on() { printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nlock_wait = 30s\n' "$1" >migrate.ini; }
on "$(newdb ops)"
ops_history
run migrate upgrade head
exits 0 "a history of operations and SQL"
[ "$status" = 0 ] || explain
whole=$(state ops)
same "$(sql_rows ops "SELECT id, name, born FROM author ORDER BY id")" '1|Ada|1815-12-10
2|it'"'"'s "Grace"|NULL' "bulk_insert's rows"
same "$(sql_rows ops "SELECT title, pages, kind FROM book")" 'Notes; all of them|66|novel' "and the book"
sql=$(migrate upgrade --sql head)
newdb piped >/dev/null
mysql_client piped <<<"$sql"
ok "upgrade --sql runs in the client"
same "$(state piped)" "$whole" "and gives the same"
run migrate downgrade base
exits 0 "down to base"
[ "$status" = 0 ] || explain
same "$(state ops)" "" "nothing is left"
sql=$(migrate downgrade --sql head:base)
mysql_client piped <<<"$sql"
ok "downgrade --sql runs in the client"
same "$(state piped)" "" "and leaves nothing"

# --- lost files ---
run migrate upgrade head
exits 0 "up again"
same "$(state ops)" "$whole" "the same as before"
mkdir lost; mv migrations/versions/* lost/
run migrate downgrade base
exits 0 "down without any file"
[ "$status" = 0 ] || explain
same "$(state ops)" "" "nothing is left"
mv lost/* migrations/versions/

# --- a revision that stops half-way goes on behind what is done ---
run migrate upgrade head
exits 0 "up once more"
ops_file 0005 0004 half <<'JSON'
 "upgrade": [
  {"op": "add_column", "table_name": "author", "column": {"name": "died", "type": "Date"}},
  {"op": "bulk_insert", "table_name": "author", "rows": [{"id": 9, "name": "Ada"}]},
  {"op": "create_index", "index_name": "ix_died", "table_name": "author", "columns": ["died"]}],
 "downgrade": [
  {"op": "drop_index", "index_name": "ix_died", "table_name": "author"},
  {"op": "execute", "sqltext": "DELETE FROM author WHERE id = 9"},
  {"op": "drop_column", "table_name": "author", "column_name": "died"}]
JSON
run migrate upgrade head
exits 1 "a row that is there already"
says "0005_half.json:5:3" "is told with its operation's place"
says "uq_author_name" "and the server's words"
run migrate repair
prints "0005_half.json:5:3" "repair shows the operation"
run migrate status
prints "1 of 3 statements done" "status says how far it has come"
sed -i 's/"Date"/"DateTime"/' migrations/versions/0005_half.json
run migrate upgrade head
exits 1 "another first operation"
says "were edited since" "is refused"
sed -i 's/"DateTime"/"Date"/; s/"name": "Ada"}\]/"name": "Alan"}]/' migrations/versions/0005_half.json
run migrate upgrade head
exits 0 "with another row it goes on"
[ "$status" = 0 ] || explain
same "$(sql_rows ops "SELECT name, died FROM author WHERE id = 9; SHOW INDEX FROM author WHERE Key_name = 'ix_died'" | cut -d'|' -f1-3)" 'Alan|NULL
author|1|ix_died' "and does the rest"
run migrate downgrade 0004
exits 0 "and down"
same "$(state ops)" "$whole" "as it was"
rm migrations/versions/0005_half.json

# --- killed ---
fresh() { newdb ops >/dev/null; }
bad=0 survived=0
again() { # LABEL
    if ! "$MIGRATE" -q upgrade head >/dev/null 2>"$WORK/again" || [ "$(state ops)" != "$whole" ]; then
        sed "s/^/# $1: /; 12q" "$WORK/again"
        bad=$((bad + 1))
    else
        survived=$((survived + 1))
    fi
}
# What nobody can know of rows is sent again: it does no harm in this history.
take_back() {
    for _ in 1 2 3 4 5; do
        "$MIGRATE" -q downgrade base >/dev/null 2>"$WORK/again" && return 0
        grep -q 'cannot be told' "$WORK/again" || return 1
        "$MIGRATE" -q repair --retry >/dev/null 2>&1
    done
    return 1
}
if [ -n "${MIGRATE_TEST_SANITIZED:-}" ]; then
    skip "kill -9 around the statements of operations" "the sanitizers' run-time wants to be loaded first; the plain build runs this"
else
    fresh
    KILL_ON=change KILL_COUNT=$WORK/count LD_PRELOAD=$KILL "$MIGRATE" -q upgrade head >/dev/null 2>&1
    total=$(cat "$WORK/count")
    [ "$total" -ge 10 ]; ok "there are moments to be killed at ($total)"
    for ((k = 1; k <= total; k++)); do
        for moment in KILL_AT KILL_AFTER; do
            fresh
            { env KILL_ON=change $moment=$k LD_PRELOAD="$KILL" "$MIGRATE" -q upgrade head >/dev/null; } 2>/dev/null
            again "$moment $k"
        done
    done
    [ "$bad" = 0 ] && [ "$survived" -gt 0 ]; ok "$survived kills survived on the way up"
    bad=0 survived=0
    for ((k = 1; k <= total; k += 3)); do
        fresh
        { env KILL_ON=change KILL_AFTER=$k LD_PRELOAD="$KILL" "$MIGRATE" -q upgrade head >/dev/null; } 2>/dev/null
        if ! take_back; then
            sed "s/^/# down after $k: /; 12q" "$WORK/again"
            bad=$((bad + 1))
        elif [ "$(state ops)" = "" ]; then
            survived=$((survived + 1))
        else
            echo "# down after $k: something is left"; state ops | sed 's/^/# /; 5q'
            bad=$((bad + 1))
        fi
    done
    [ "$bad" = 0 ] && [ "$survived" -gt 0 ]; ok "$survived half-applied revisions were taken back"
fi
finish
