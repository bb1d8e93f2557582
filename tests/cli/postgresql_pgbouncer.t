#!/usr/bin/env bash
# Behind PgBouncer in transaction mode: runs are serialised, no lock and no setting stays on a pooled connection.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"

migrate() { timeout 60 "$MIGRATE" "$@"; }
POOLER=$(command -v pgbouncer || echo /usr/sbin/pgbouncer)
BOUNCER=$PGFOLDER/pgbouncer
mkdir -p "$BOUNCER"
as_nobody=()
if [ "$(id -u)" = 0 ]; then
    chmod 755 "$PGFOLDER"
    chown postgres "$BOUNCER"
    as_nobody=(runuser -u postgres --)
fi
DB=bounced
DIRECT=$(newdb $DB)
# A free port, taken and let go.
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
cat >"$BOUNCER/ini" <<S
[databases]
* = host=127.0.0.1 port=$PGPORT_
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
logfile = $BOUNCER/log
S
sed -i "s/^\* = .*/$DB = host=127.0.0.1 port=$PGPORT_ user=postgres/" "$BOUNCER/ini"
"${as_nobody[@]}" "$POOLER" -q "$BOUNCER/ini" >/dev/null 2>&1 &
bouncer=$!
stop_bouncer() {
    local workers; workers=$(ps -o pid= --ppid "$bouncer" 2>/dev/null)
    kill $workers "$bouncer" 2>/dev/null
    wait "$bouncer" 2>/dev/null
}
at_exit stop_bouncer
URL="postgresql://postgres@127.0.0.1:$port/$DB"
for _ in $(seq 100); do
    psql -qXAt "$URL" -c 'SELECT 1' >/dev/null 2>&1 && break
    sleep 0.05
done
psql -qXAt "$URL" -c 'SELECT 1' >/dev/null
ok "pgbouncer runs"

new_project bouncer
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nlock_timeout = 2s\n' "$URL" >migrate.ini
before=
for i in 1 2 3 4; do
    revision_file "000$i" "$before" "part$i" <<S
-- migrate:up
CREATE TABLE t$i (id integer PRIMARY KEY);
COPY t$i FROM stdin;
1
2
\.
SELECT pg_sleep(0.1);
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY ix$i ON t$i (id);
-- migrate:down
DROP TABLE t$i;
S
    before=000$i
done
state() {
    psql_rows $DB "SELECT version_num FROM migrate_version; SELECT revision, state FROM migrate_history ORDER BY id;
        SELECT count(*) FROM pg_index WHERE NOT indisvalid; SELECT count(*) FROM t4"
}
left() { # locks, open transactions, and sessions of the pool whose settings are not the server's
    psql_rows $DB "SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), (SELECT count(*) FROM pg_stat_activity WHERE datname = '$DB' AND state LIKE 'idle in transaction%')"
    for _ in 1 2 3 4 5 6; do
        psql -qXAt "$URL" -c 'SHOW lock_timeout' -c 'SHOW statement_timeout' -c 'SHOW idle_in_transaction_session_timeout'
    done | sort -u
}
run migrate upgrade head
exits 0 "a run through the pooler"
alone=$(state)
same "$(left)" "0|0
0" "no lock, no transaction and no setting stays"
run migrate downgrade base
exits 0 "and down"
for n in 2 4; do
    psql -qX "$DIRECT" -c 'DROP TABLE IF EXISTS t1, t2, t3, t4, migrate_version, migrate_history' >/dev/null 2>&1
    pids=() failures=0
    for ((i = 0; i < n; i++)); do
        timeout 60 "$MIGRATE" upgrade head >"out.$i" 2>"err.$i" &
        pids+=($!)
    done
    for i in "${!pids[@]}"; do
        wait "${pids[i]}" || { failures=$((failures + 1)); sed 's/^/# /' "err.$i"; }
    done
    [ "$failures" = 0 ]; ok "$n at once: nobody fails"
    [ "$(cat out.* | grep -c '^upgraded ')" = 4 ]; ok "$n at once: each revision is applied once"
    same "$(state)" "$alone" "$n at once: the state of a single run"
    same "$(left)" "0|0
0" "$n at once: nothing stays"
    rm -f out.* err.*
done
# Killed: the pooler takes the lock away.
psql -qX "$DIRECT" -c 'DROP TABLE IF EXISTS t1, t2, t3, t4, migrate_version, migrate_history' >/dev/null 2>&1
"$MIGRATE" -q upgrade head >/dev/null 2>&1 &
pid=$!
for _ in $(seq 200); do
    [ "$(psql_rows $DB "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = t ] && break
    sleep 0.02
done
{ kill -9 $pid; wait $pid; } 2>/dev/null
run migrate -x lock_wait=10s upgrade head
exits 0 "behind a killed run the next one gets the lock"
same "$(psql_rows $DB 'SELECT version_num FROM migrate_version')" 0004 "and goes to the head"
# Who is in the way is known although the pooler hides the server's process numbers.
revision_file 0005 0004 alter <<'S'
-- migrate:up
ALTER TABLE t1 ADD COLUMN x integer;
S
mkfifo pipe
PGAPPNAME=blocker psql -qX "$DIRECT" <pipe >/dev/null 2>&1 &
holder=$!
exec 9>pipe
echo 'BEGIN; LOCK TABLE t1;' >&9
sleep 0.5
run migrate -x lock_wait=500ms -x lock_timeout=500ms upgrade head
exits 1 "a lock in the way"
says "(blocker, user postgres" "its holder is named"
exec 9>&-
wait $holder
finish
