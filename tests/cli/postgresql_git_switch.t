#!/usr/bin/env bash
# switch on PostgreSQL: a revision goes whole or not at all, with transaction = all the whole switch does.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/git.sh"
URL=$(newdb switched)
new_project project
printf '[migrate]\nscript_location = migrations\nurl = %s\n' "$URL" >migrate.ini
git_init >/dev/null
tables() { psql_rows switched "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'migrate%' ORDER BY 1" | paste -sd' '; }
revision_file 0001 "" base <<'Q'
-- migrate:up
CREATE TABLE a (id integer);
-- migrate:down
DROP TABLE a;
Q
git_commit base >/dev/null
git_switch feature >/dev/null
revision_file 0002 0001 wide <<'Q'
-- migrate:up
CREATE TABLE b (id integer);
-- migrate:down
DROP TABLE b;
INSERT INTO missing VALUES (1);
Q
revision_file 0003 0002 high <<'Q'
-- migrate:up
CREATE TABLE d (id integer);
-- migrate:down
DROP TABLE d;
Q
git_commit feature >/dev/null
run migrate upgrade head
exits 0 "the branch's revisions are applied"
git_checkout main >/dev/null
revision_file 0005 0001 other <<'Q'
-- migrate:up
CREATE TABLE e (id integer);
INSERT INTO later VALUES (1);
-- migrate:down
DROP TABLE e;
Q
git_commit other >/dev/null

run migrate switch
exits 1 "a statement fails in the middle of the way down"
says "revision '0002' was rolled back; '0003' is taken down" "what remains"
same "$(tables)" "a b" "its revision is whole"
psql_rows switched "CREATE TABLE missing (id integer)" >/dev/null
sed -i '$a transaction = all' migrate.ini
run migrate switch
exits 1 "in one transaction, a statement fails on the way up"
says "everything was rolled back: nothing of this run is applied, or taken down" "what remains"
same "$(tables)" "a b missing" "what was taken down is back"
sed -i '$d' migrate.ini
run migrate switch
exits 1 "in a transaction for each revision"
says "revision '0005' was rolled back; '0002' is taken down" "what remains: nothing is said to be applied"
same "$(tables)" "a missing" "what was taken down stays so"
psql_rows switched "CREATE TABLE later (id integer)" >/dev/null
"$MIGRATE" switch >one.out 2>one.err &
first=$!
"$MIGRATE" switch >two.out 2>two.err
second=$?
wait "$first"
same "$? $second $(cat one.out two.out | grep -c '^upgraded 0005')" "0 0 1" "of two at once one does it"
same "$(tables)$(psql_rows switched "SELECT count(*) FROM later")" "a e later missing1" "once"

# --- somebody else's lock, and somebody who may only read ---
git_checkout feature >/dev/null
{ printf 'BEGIN; LOCK TABLE e;\n'; sleep 1; } | psql -qX "$URL" &
holder=$!
for _ in $(seq 100); do [ "$(psql_rows switched "SELECT count(*) FROM pg_locks WHERE relation = 'e'::regclass")" = 1 ] && break; sleep 0.05; done
sed -i '$a lock_timeout = 100ms' migrate.ini
run migrate switch
exits 0 "another session holds a table that is to go: it is waited for"
says "held by pid" "the blocker is named"
same "$(tables)" "a b d later missing" "and then all is done"
wait "$holder"
sed -i '$d' migrate.ini
git_checkout main >/dev/null
psql_rows switched "CREATE ROLE reader LOGIN" >/dev/null
psql_rows switched "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader" >/dev/null
run migrate --url "postgresql://reader@127.0.0.1:$PGPORT_/switched" switch
exits 1 "who may only read is refused"
says "permission denied" "in the server's words"
same "$(tables)" "a b d later missing" "nothing was changed"
run migrate --url "postgresql://reader@127.0.0.1:$PGPORT_/switched" switch --dry-run
exits 0 "but may look"
prints "-- downgrade 0003 high" "at the plan"
git_checkout feature >/dev/null

# --- a client that is killed in the middle ---
revision_file 0004 0003 slow <<'Q'
-- migrate:up
CREATE TABLE g (id integer);
SELECT pg_sleep(3);
-- migrate:down
DROP TABLE g;
Q
"$MIGRATE" switch >killed.out 2>&1 &
killed=$!
for _ in $(seq 100); do [ "$(psql_rows switched "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg\_sleep(3)%' AND pid <> pg_backend_pid()")" = 0 ] || break; sleep 0.05; done
kill -KILL "$killed"
wait "$killed" 2>/dev/null
run migrate switch
exits 0 "a client is killed in the middle of the way up: the next one goes on"
same "$(tables)" "a b d g later missing" "all of it is there"
finish
