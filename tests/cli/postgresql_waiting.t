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
start() { # ARGUMENTS…: the tool in the background, as from a terminal, for 100 s at most: $pid
    perl -e '$SIG{INT} = "DEFAULT"; alarm 100; exec @ARGV' "$MIGRATE" "$@" >out 2>err 9>&- &
    pid=$!
}
end() { # what has become of it
    wait $pid
    status=$? out=$(cat out) err=$(cat err)
}

blocker() { # SQL: what somebody's open transaction has done
    PGAPPNAME=blocker psql -qX "$URL" <pipe >/dev/null 2>&1 &
    holder=$!
    exec 9>pipe
    echo "BEGIN; $1; SELECT 'ready';" >&9
    wait_for "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'blocker' AND query LIKE '%ready%' AND state = 'idle in transaction'"
}
unblock() {
    exec 9>&-
    wait "$holder"
}
index_state() { # NAME
    psql_rows "$DB" "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('$1')"
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
        echo 'BEGIN; UPDATE t SET b = b + 1 WHERE a = 1; SELECT pg_sleep(0.04 + random() * 0.06); COMMIT;'
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

# --- a statement outside transactions has the role's or the database's lock_timeout ---
new_project bare
on bare
mkfifo pipe
psql -qX "$URL" -c 'CREATE TABLE t (a integer)' -c 'INSERT INTO t VALUES (1)' -c "ALTER DATABASE bare SET lock_timeout = '300ms'"
revision_file 0001 '' index <<'S'
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ix ON t (a);
S
blocker 'UPDATE t SET a = 2'
start -x lock_wait=30s -x lock_timeout=200ms upgrade head
wait_for "SELECT count(*) > 0 FROM pg_index WHERE indexrelid = to_regclass('ix') AND NOT indisvalid"
ok "a build that waits has left an invalid index"
wait_for "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%pg_blocking_pids%' AND state = 'idle' AND xact_start IS NULL AND application_name = 'migrate'"
ok "who asks for the blocker keeps no transaction"
for _ in $(seq 200); do grep -q 'trying again' err && break; sleep 0.05; done
unblock
end
exits 0 "the build that lock_timeout has ended is tried again"
says "0001_index.sql:7:1: somebody's lock is in the way, held by pid" "says so, and who was in the way"
same "$(index_state ix)" t "the invalid index was replaced"

# --- Ctrl-C in the middle of a build ---
psql -qX "$URL" -c 'ALTER DATABASE bare RESET lock_timeout'
revision_file 0002 0001 second <<'S'
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ix2 ON t (a);
S
blocker 'UPDATE t SET a = 3'
start upgrade head
wait_for "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY ix2%' AND wait_event_type = 'Lock'"
kill -INT $pid
end
exits 130 "Ctrl-C while an index is built"
says "'0002' stays half applied: 0 of 1 statements are done" "says what remains"
same "$(index_state ix2)" f "the server keeps an invalid index"
unblock
run migrate upgrade head
exits 0 "the next run goes on"
same "$(index_state ix2)" t "and has replaced the index"

# --- everything in one transaction, and a lock in its way ---
new_project whole
on whole
mkfifo pipe
echo 'transaction = all' >>migrate.ini
psql -qX "$URL" -c 'CREATE TABLE t (a integer)'
revision_file 0001 '' free <<'S'
-- migrate:up
CREATE TABLE made (a integer);
INSERT INTO made VALUES (1);
S
revision_file 0002 0001 held <<'S'
-- migrate:up
ALTER TABLE t ADD COLUMN b integer;
INSERT INTO made VALUES (2);
S
blocker 'LOCK TABLE t'
run migrate -x lock_wait=300ms -x lock_timeout=200ms upgrade head
exits 1 "the last revision meets a lock"
silent "no revision is said to be applied: all are rolled back"
start -x lock_wait=30s -x lock_timeout=200ms upgrade head
for _ in $(seq 200); do grep -q 'trying again (2)' err && break; sleep 0.05; done
same "$(psql_rows whole "SELECT to_regclass('made')")" NULL "nothing of the run is seen while it waits"
unblock
end
exits 0 "the whole run is tried again"
says "0002_held.sql:7:1: somebody's lock is in the way" "says what met the lock"
same "$(psql_rows whole 'SELECT * FROM made ORDER BY a; SELECT version_num FROM migrate_version; SELECT revision, state FROM migrate_history WHERE state <> $$failed$$ ORDER BY id')" "1
2
0002
0001|done
0002|done" "and leaves what a run without a blocker leaves"

# --- what commits by itself ---
new_project commits
on commits
psql -qX "$URL" -c 'CREATE TABLE t (a integer)' -c 'CREATE PROCEDURE fill(n integer) LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..n LOOP INSERT INTO t VALUES (i); COMMIT; END LOOP; END $$'
revision_file 0001 '' fill <<'S'
-- migrate:up transaction:false
INSERT INTO t VALUES (0);
CALL fill(3);
DO $$ BEGIN INSERT INTO t VALUES (4); END $$;
S
run migrate upgrade head
exits 0 "a procedure that commits is called"
same "$(psql_rows commits 'SELECT * FROM t ORDER BY a; SELECT state, statements_done FROM migrate_history')" "0
1
2
3
4
done|3" "each statement has run once"
revision_file 0002 0001 block <<'S'
-- migrate:up transaction:false
DO $$ BEGIN INSERT INTO t VALUES (5); COMMIT; END $$;
S
run migrate upgrade head
exits 1 "a block that commits"
says "2D000: invalid transaction termination" "is refused by the server"
says "CALL that in a section with transaction:false" "says what to write instead"
same "$(psql_rows commits 'SELECT max(a) FROM t')" 4 "nothing of it stays"
revision_file 0002 0001 block <<'S'
-- migrate:up
CALL fill(1);
S
run migrate upgrade head
exits 1 "such a procedure inside a transaction"
says "CALL that in a section with transaction:false" "the same advice"

# --- behind a pooler that has two connections: the lock's and the run's ---
new_project pooled
on pooled
mkfifo pipe
psql -qX "$URL" -c 'CREATE TABLE t (a integer)'
revision_file 0001 '' alter <<'S'
-- migrate:up
ALTER TABLE t ADD COLUMN b integer;
S
POOLED="$(pooler | sed 's#/postgres$##')/pooled"
blocker 'LOCK TABLE t'
start -v --url "$POOLED" -x lock_wait=30s -x lock_timeout=500ms upgrade head
for _ in $(seq 200); do grep -q 'trying again' err && break; sleep 0.05; done
says_so=$(grep -c 'who is in the way is not known' err)
unblock
end
exits 0 "no connection is left for the question who is in the way: the run goes on without"
[ "$says_so" = 1 ]; ok "which -v says"

# --- the lock, said once, and a server that dies while it is waited for ---
new_project dies
on dies
mkfifo pipe
revision_file 0001 '' slow <<'S'
-- migrate:up
SELECT pg_sleep(100);
S
"$MIGRATE" upgrade head >first.out 2>first.err &
first=$!
wait_for "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
start --echo -x lock_wait=60s upgrade head
for _ in $(seq 200); do grep -q 'waiting up to' err && break; sleep 0.05; done
sleep 0.5
same "$(grep -c pg_try_advisory_xact_lock err)" 1 "--echo says once that the lock was tried"
same "$(psql_rows dies "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")" 1 "only the holder of the lock keeps a transaction"
kill -9 "$(cat "$PGFOLDER/pid")"
end
exits 1 "the server is killed while a run waits"
says "the connection to the server was lost" "says so"
wait $first
status=$? out=$(cat first.out) err=$(cat first.err)
exits 1 "and so does the one that ran"
says "connection lost" "which says what was running"
"$ROOT/tests/support/postgresql.sh" again "$PGFOLDER"
ok "the server starts again"
sed -i 's/pg_sleep(100)/1/' migrations/versions/0001_slow.sql
run migrate upgrade head
exits 0 "the next run has the lock at once"
finish
