#!/usr/bin/env bash
# Runs on a PostgreSQL server: several at once, locks in the way, Ctrl-C, kill -9 of either side, COPY, error messages.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

migrate() { timeout 120 "$MIGRATE" "$@"; }
on() { # DATABASE: the project's database from here on
    DB=$1
    URL=$(newdb "$1")
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\n' "$URL" >migrate.ini
}
locks_left() { # advisory locks and open transactions, the asking one left out
    psql_rows "$DB" "SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') + (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%')"
}
wait_for() { # QUERY: until it gives t, 10 s at most
    for _ in $(seq 200); do
        [ "$(psql_rows "$DB" "$1")" = t ] && return 0
        sleep 0.05
    done
    return 1
}

# --- COPY, and its way through the history table ---
new_project copy
on copy
revision_file 0001 '' rows <<'S'
-- migrate:up
CREATE TABLE a (x integer, t text);
COPY a (x, t) FROM stdin;
1	one; two
2	it's \\ "three"
\.
INSERT INTO a VALUES (3, 'four');

-- migrate:down
DROP TABLE a;
CREATE TABLE taken_down (t text);
COPY taken_down FROM stdin;
a	tab is one column too many? no: \\.
\.
S
sed -i 's/^a\ttab.*/gone; really/' migrations/versions/0001_rows.sql
run migrate upgrade head
exits 0 "rows of COPY"
rows='1|one; two
2|it'"'"'s \ "three"
3|four'
same "$(psql_rows copy 'SELECT * FROM a ORDER BY x')" "$rows" "the rows are as they were written"
sql=$(migrate upgrade --sql head)
psql -qX -v ON_ERROR_STOP=1 "$(newdb piped)" <<<"$sql" >/dev/null
ok "the output of --sql runs in psql"
same "$(psql_rows piped 'SELECT * FROM a ORDER BY x')" "$rows" "and makes the same rows"
same "$(psql_rows piped 'SELECT version_num FROM migrate_version')" 0001 "and the same version"
sed -i 's/one; two/one; 2/' migrations/versions/0001_rows.sql
run migrate status
prints edited "other rows are other statements"
rm migrations/versions/0001_rows.sql
run migrate downgrade base
exits 0 "taken down with the script of the history table"
same "$(psql_rows copy 'SELECT * FROM taken_down')" "gone; really" "which has its rows, too"

# --- what a failure says ---
new_project failures
on failures
revision_file 0001 '' good <<'S'
-- migrate:up
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE c (p integer REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);
S
revision_file 0002 0001 bad <<'S'
-- migrate:up
INSERT INTO p VALUES (1);
INSERT INTO p
  SELECT 'ä', nope FROM p;
INSERT INTO p VALUES (3);
S
run migrate upgrade head
exits 1 "a failing statement"
says "0002_bad.sql:9:15" "names the place of the mistake"
says "42703: column \"nope\" does not exist" "says the server's words"
says "'0001' is applied" "and what stays"
same "$(psql_rows failures 'SELECT count(*) FROM p; SELECT version_num FROM migrate_version')" "0
0001" "the rest was rolled back"
same "$(psql_rows failures "SELECT error LIKE '%nope%' FROM migrate_history WHERE state = 'failed'")" t "the history has it"
revision_file 0002 0001 bad <<'S'
-- migrate:up
INSERT INTO c VALUES (7);
INSERT INTO p VALUES (1);
S
run migrate upgrade head
exits 1 "a constraint that is checked at the end"
says "commit failed" "it is the commit that failed"
says "c_p_fkey" "the constraint is named"
same "$(psql_rows failures 'SELECT count(*) FROM c; SELECT version_num FROM migrate_version')" "0
0001" "nothing of it stays"
rm migrations/versions/0002_bad.sql

# --- locks in the way ---
mkfifo pipe
blocker() { # opens a transaction that keeps table p
    PGAPPNAME=blocker psql -qX "$URL" <pipe >/dev/null 2>&1 &
    holder=$!
    exec 9>pipe
    echo 'BEGIN; UPDATE p SET id = id; LOCK TABLE p;' >&9
    wait_for "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'p'::regclass AND mode = 'AccessExclusiveLock' AND granted"
}
unblock() {
    exec 9>&-
    wait "$holder"
}
revision_file 0002 0001 alter <<'S'
-- migrate:up
CREATE TABLE twice (x integer);
ALTER TABLE p ADD COLUMN t text;
S
blocker
run migrate -x lock_wait=1s -x lock_timeout=300ms upgrade head
exits 1 "somebody's transaction stays open"
says "0002_alter.sql:8:1" "the statement is named"
says "held by pid" "the blocker is named"
says "blocker, user postgres" "with its program and user"
says "trying again (2)" "it was tried again"
says "tried" "and for how long"
same "$(locks_left)" 1 "nothing but the blocker's transaction is left"
(sleep 1.5; echo 'COMMIT;') >&9 &
run migrate -x lock_wait=20s -x lock_timeout=300ms upgrade head
exits 0 "the blocker ends: the step is run again"
says "trying again (2)" "from its beginning"
same "$(psql_rows failures 'SELECT version_num FROM migrate_version')" 0002 "and is applied"
unblock

# The lock itself: held by another run.
key=$(psql_rows failures "SELECT 1" >/dev/null; migrate -x lock_wait=1s --echo stamp 0001 2>&1 | sed -n 's/.*pg_try_advisory_xact_lock(\(-\?[0-9]*\)).*/\1/p' | head -1)
migrate -q stamp 0002 >/dev/null
[ -n "$key" ]; ok "the migration lock is an advisory lock of a transaction"
PGAPPNAME=other psql -qX "$URL" <pipe >/dev/null 2>&1 &
holder=$!
exec 9>pipe
echo "BEGIN; SELECT pg_advisory_xact_lock($key);" >&9
wait_for "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted"
run migrate upgrade head
exits 0 "nothing to do needs no lock"
run migrate -x lock_wait=500ms stamp 0001
exits 3 "the lock is held"
says "(other, user postgres" "the holder is named"
"$MIGRATE" stamp 0001 >out 2>err &
pid=$!
sleep 0.5
kill -TERM $pid
wait $pid
status=$? out=$(cat out) err=$(cat err)
exits 130 "a signal ends the waiting"
unblock
same "$(locks_left)" 0 "no lock stays"

# --- Ctrl-C ---
revision_file 0003 0002 slow <<'S'
-- migrate:up
CREATE TABLE slow (x integer);
SELECT pg_sleep(30);
S
revision_file 0004 0003 concurrently <<'S'
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ix_p ON p (id);
CREATE INDEX CONCURRENTLY ix_t ON p (t);
S
for signal in INT TERM; do
    perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$MIGRATE" upgrade head >out 2>err &
    pid=$!
    wait_for "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    kill -s $signal $pid
    wait $pid
    status=$? out=$(cat out) err=$(cat err)
    exits 130 "SIG$signal"
    says "'0003' was rolled back" "SIG$signal: says what remains"
    same "$(psql_rows failures "SELECT to_regclass('slow'), version_num FROM migrate_version")" "NULL|0002" "SIG$signal: rolled back"
    same "$(locks_left)" 0 "SIG$signal: no lock stays"
done

# The lock's connection is ended by somebody: no revision begins behind that.
sed -i 's/pg_sleep(30)/pg_sleep(1)/' migrations/versions/0003_slow.sql
"$MIGRATE" upgrade head >out 2>err &
pid=$!
wait_for "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
psql_rows failures "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'" >/dev/null
wait $pid
status=$? out=$(cat out) err=$(cat err)
exits 1 "the lock is lost"
says "held the migration lock is gone" "says so"
same "$(psql_rows failures 'SELECT version_num FROM migrate_version')" 0003 "the revision that ran is applied, the next one has not begun"

# The backend is ended in the middle of an index that is built.
blocker
"$MIGRATE" upgrade head >out 2>err &
pid=$!
wait_for "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'"
psql_rows failures "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'" >/dev/null
wait $pid
status=$? out=$(cat out) err=$(cat err)
exits 1 "the connection is lost"
says "connection lost" "says so"
says "0004_concurrently.sql:7:1" "and what was running"
unblock
run migrate upgrade head
exits 0 "the next run goes on"
same "$(psql_rows failures "SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY 1), bool_and(indisvalid) FROM pg_index WHERE indexrelid::regclass::text LIKE 'ix_%'")" "ix_p ix_t|t" "both indexes are there and valid"

# --- at once ---
new_project many
on many
long_history() {
    local i before=
    for i in $(seq -w 1 6); do
        revision_file "000$i" "$before" "part$i" <<S
-- migrate:up
CREATE TABLE t$i (id integer PRIMARY KEY, n integer);
INSERT INTO t$i SELECT g, g FROM generate_series(1, 2000) g;
ALTER TABLE t$i ADD COLUMN m integer DEFAULT 0;
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ix$i ON t$i (n);
INSERT INTO t$i VALUES (0, 0);
-- migrate:down
DROP TABLE t$i;
S
        before=000$i
    done
}
long_history
state() {
    psql_rows "$DB" "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;
        SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid;
        SELECT version_num FROM migrate_version;
        SELECT revision, state, statements_done, statements_total FROM migrate_history WHERE state <> 'failed' ORDER BY id"
    for i in $(seq 1 6); do psql_rows "$DB" "SELECT count(*), sum(n) FROM t$i"; done
}
migrate -q upgrade head >/dev/null
alone=$(state)
case $alone in *0006*) true ;; *) false ;; esac; ok "a history of thirty statements"
at_once() { # N
    local n=$1 i pids=() failures=0
    newdb many >/dev/null
    for ((i = 0; i < n; i++)); do
        timeout 120 "$MIGRATE" upgrade head >"out.$i" 2>"err.$i" &
        pids+=($!)
    done
    for i in "${!pids[@]}"; do
        wait "${pids[i]}" || { failures=$((failures + 1)); sed 's/^/# /' "err.$i"; }
    done
    [ "$failures" = 0 ]; ok "$n at once: nobody fails"
    [ "$(cat out.* | grep -c '^upgraded ')" = 6 ]; ok "$n at once: each revision is applied once"
    same "$(state)" "$alone" "$n at once: the state of a single run"
    same "$(locks_left)" 0 "$n at once: no lock stays"
    rm -f out.* err.*
}
at_once 2
at_once 8

# --- kill -9 ---
kill_at() { # SECONDS tool|backend
    newdb many >/dev/null
    "$MIGRATE" -q upgrade head >/dev/null 2>&1 &
    local pid=$!
    sleep "$1"
    if [ "$2" = tool ]; then
        kill -9 $pid
    else
        psql_rows many "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'migrate' AND datname = 'many'" >/dev/null
    fi
    { wait $pid; } 2>/dev/null
}
for victim in tool backend; do
    survived=0 bad=0
    for ((i = 0; i < 12; i++)); do
        { kill_at "0.0$((RANDOM % 10))$((RANDOM % 10))" $victim; } 2>/dev/null
        if migrate -q upgrade head >/dev/null 2>"$WORK/killed" && [ "$(state)" = "$alone" ]; then
            survived=$((survived + 1))
        else
            bad=$((bad + 1))
            sed 's/^/# /' "$WORK/killed" | head -8
            diff <(echo "$alone") <(state) | head -8 | sed 's/^/# /'
        fi
    done
    [ "$bad" = 0 ]; ok "the $victim is killed at random times: $survived interruptions survived"
done
finish
