#!/usr/bin/env bash
# Ctrl-C and SIGTERM: the running statement is cancelled, its transaction rolled back, exit 130; the next run goes on.
. "$(dirname "$0")/../support/tap.sh"
new_project interrupt
revision_file 0001 '' quick <<'S'
-- migrate:up
CREATE TABLE a (x);

-- migrate:down
DROP TABLE a;
S
revision_file 0002 0001 slow <<'S'
-- migrate:up
CREATE TABLE b (x);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) INSERT INTO b SELECT max(i) FROM n;

-- migrate:down
DROP TABLE b;
S
# A shell without job control starts what runs beside it with SIGINT ignored.
for signal in INT TERM; do
    rm -f app.db*
    perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$MIGRATE" upgrade head >out 2>err &
    pid=$!
    for _ in $(seq 200); do
        grep -q 'upgraded 0001' out && break
        sleep 0.02
    done
    sleep 0.1
    kill -s $signal $pid
    wait $pid
    status=$?
    out=$(cat out) err=$(cat err)
    exits 130 "SIG$signal"
    says "0002" "SIG$signal: the message names the revision"
    same "$(sqlite3 app.db "SELECT version_num FROM migrate_version; SELECT count(*) FROM sqlite_schema WHERE name = 'b'; PRAGMA integrity_check")" "0001
0
ok" "SIG$signal: what was done stays, the rest is rolled back"
    [ ! -e app.db.migrate-lock ]; ok "SIG$signal: no lock file stays"
done
sed -i 's/1000000000/1000/' migrations/versions/0002_slow.sql
run migrate upgrade head
exits 0 "the next run goes on"
finish
