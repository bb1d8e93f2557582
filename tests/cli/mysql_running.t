#!/usr/bin/env bash
# Runs on MariaDB, where DDL commits by itself: journal and resume, kill -9 of the tool, taking back, repair, locks in the
# way, several at once, Ctrl-C.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

migrate() { timeout 120 "$MIGRATE" "$@"; }
on() { # DATABASE: the project's database from here on
    DB=$1
    URL=$(newdb "$1")
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\n' "$URL" >migrate.ini
}
journal() { sql_rows "$DB" "SELECT revision, direction, state, statements_done, statements_total, in_flight IS NOT NULL FROM migrate_history ORDER BY id"; }
tables() { sql_rows "$DB" "SELECT coalesce(group_concat(table_name ORDER BY 1), '') FROM information_schema.tables WHERE table_schema = database() AND table_name NOT LIKE 'migrate%'"; }
locks_left() { sql_rows "$DB" "SELECT count(*) FROM information_schema.processlist WHERE db = '$DB' AND id <> connection_id()"; }
wait_for() { # QUERY: until it gives 1, 10 s at most
    for _ in $(seq 200); do
        [ "$(sql_rows "$DB" "$1")" = 1 ] && return 0
        sleep 0.05
    done
    return 1
}
# The tool in the background until a statement like PATTERN is at work, then kill -9; the server ends what it has.
kill_in() { # PATTERN ARGUMENTS…
    local pattern=$1
    shift
    "$MIGRATE" "$@" >out 2>err &
    local pid=$!
    wait_for "SELECT count(*) > 0 FROM information_schema.processlist WHERE db = '$DB' AND id <> connection_id() AND info LIKE '$pattern'" || echo "# '$pattern' was not seen"
    kill -9 $pid
    wait $pid 2>/dev/null
}

# --- the journal, and a failure in the middle ---
new_project journal
on journal
revision_file 0001 '' mixed <<'S'
-- migrate:up
CREATE TABLE a (id int PRIMARY KEY, n int);
INSERT INTO a VALUES (1, 1);
INSERT INTO a VALUES (2, 2);
ALTER TABLE a ADD COLUMN t varchar(20);
INSERT INTO a VALUES (3, 3, 'x');
INSERT INTO a VALUES (3, 4, 'twice');
CREATE INDEX ix ON a (n);
-- migrate:down
DROP TABLE a;
S
run migrate upgrade head
exits 1 "a failing statement"
says "0001_mixed.sql:12:1" "names its place"
says "half applied: 4 of 7 statements are done" "what is done stays"
same "$(journal)" "0001|up|started|4|7|0" "and is in the journal"
same "$(sql_rows journal 'SELECT group_concat(id) FROM a')" "1,2" "rows of its transaction do not"
run migrate status
prints "interrupted" "status knows"
sed -i '/twice/d' migrations/versions/0001_mixed.sql
run migrate upgrade head
exits 0 "corrected"
same "$(journal)" "0001|up|done|6|6|0" "it went on"
same "$(sql_rows journal 'SELECT group_concat(id) FROM a')" "1,2,3" "each row once"
run migrate --echo upgrade head
exits 0 "at head"
case $err in *GET_LOCK* | *"INSERT"* | *"UPDATE"*) false ;; *) true ;; esac
ok "nothing to do takes no lock and writes nothing"
run migrate downgrade base
exits 0 "down"
same "$(tables)" "" "to nothing"

# --- what --sql prints is what runs ---
run migrate upgrade --sql head
exits 0 "as SQL"
prints "-- commits by itself: what ran before it in this revision stays
CREATE TABLE a" "which says what commits by itself"
case $out in *"in_flight = "*) false ;; *) true ;; esac
ok "without marks of what is in flight"
newdb piped >/dev/null
printf '%s\n' "$out" | mysql_client piped
ok "it runs in the client"
same "$(sql_rows piped 'SELECT group_concat(id) FROM a; SELECT version_num FROM migrate_version; SELECT state, statements_done FROM migrate_history')" "1,2,3
0001
done|6" "and does the same"
run migrate -x transaction=all upgrade head
exits 1 "one transaction around DDL"
says "commits by itself" "cannot be"
same "$(tables)" "" "and nothing was run"

# --- what would cut the run off from its own tables ---
new_project cut
on cut
run migrate --url "${URL%/*}" upgrade head
exits 1 "no database in the URL"
says "no database is chosen: name it in the URL" "is said at once"
for statement in "USE mysql" "LOCK TABLES migrate_history WRITE"; do
    printf -- '-- migrate:up\nCREATE TABLE a (id int);\n%s;\n' "$statement" | revision_file 0001 '' away
    run migrate upgrade head
    exits 1 "$statement"
    says "0001_away.sql:8:1: '${statement%% *}' in a revision: it would" "is refused with its place"
done
same "$(tables)" "" "and nothing was run"

# --- kill -9 in the middle of a statement ---
new_project killed
on killed
mysql_client killed -e "CREATE TABLE big (id int PRIMARY KEY, t varchar(100)); INSERT INTO big SELECT seq, 'x' FROM seq_1_to_300000"
revision_file 0001 '' slow <<'S'
-- migrate:up
CREATE TABLE a (id int PRIMARY KEY);
ALTER TABLE big ADD COLUMN c int NOT NULL DEFAULT 7, ALGORITHM=COPY;
CREATE TABLE b (id int PRIMARY KEY);
-- migrate:down
DROP TABLE b;
ALTER TABLE big DROP COLUMN c, ALGORITHM=COPY;
DROP TABLE a;
S
kill_in 'ALTER TABLE big ADD%' upgrade head
run migrate upgrade head
exits 0 "killed in an ALTER: the next run goes on"
same "$(journal)" "0001|up|done|3|3|0" "to the end"
same "$(sql_rows killed 'SELECT count(*), sum(c) FROM big')" "300000|2100000" "and the ALTER was done once"
kill_in 'ALTER TABLE big DROP%' downgrade base
run migrate downgrade base
exits 0 "the way down as well"
same "$(tables)" "big" "all of it"

# --- taken back ---
kill_in 'ALTER TABLE big ADD%' upgrade head
run migrate downgrade -1
exits 0 "a half-applied revision taken back"
same "$(tables)" "big" "with what the ALTER has left"
same "$(sql_rows killed "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'killed' AND table_name = 'big' AND column_name = 'c'; SELECT count(*) FROM migrate_version")" "0
0" "as before"

# --- taken back, with nothing to be taken back ---
new_project refused
on refused
mysql_client refused <<<'CREATE TABLE a (id int); INSERT INTO a VALUES (1)'
revision_file 0001 '' refused <<'S'
-- migrate:up
CREATE TABLE a (id int);
-- migrate:down
DELETE FROM a WHERE id = 1;
DROP TABLE a;
S
run migrate upgrade head
exits 1 "a table that is there already"
run migrate downgrade -1
exits 0 "its first statement was refused: the way down"
same "$(sql_rows refused 'SELECT id FROM a; SELECT count(*) FROM migrate_version')" "1
0" "touches nothing of what was there before"

# --- taken back, with something in the way that is older ---
new_project older
on older
mysql_client older <<<'CREATE TABLE z (id int); INSERT INTO z VALUES (1); CREATE TABLE t (id int, b int); INSERT INTO t VALUES (1, 2)'
revision_file 0001 '' older <<'S'
-- migrate:up
CREATE TABLE a (id int);
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE t ADD COLUMN b int;
CREATE TABLE z (id int);
-- migrate:down
DROP TABLE z;
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t DROP COLUMN c;
DROP TABLE a;
S
run migrate upgrade head
exits 1 "a column that is there already"
says "migrate downgrade -1" "what is done can be taken back"
run migrate downgrade -1
exits 1 "the way down meets a table that it did not make"
says "statement 4 of the way up never ran" "and says so"
same "$(sql_rows older 'SELECT id FROM z')" 1 "the table stays"
run migrate downgrade -1
exits 1 "asked again, it says it again"
same "$(sql_rows older 'SELECT id FROM z')" 1 "and the table stays"
run migrate repair
exits 3 "repair shows it"
prints "never ran" "with the reason"
run migrate repair --done
exits 0 "it counts as done"
run migrate downgrade -1
exits 1 "and a column that is older"
run migrate repair --done
run migrate downgrade -1
exits 0 "the rest is taken back"
same "$(sql_rows older 'SELECT id FROM z; SELECT * FROM t')" "1
1|2" "what was there before is there"
same "$(tables)" "t,z" "what the revision made is gone"

# --- what the catalog cannot tell ---
new_project unknown
on unknown
mysql_client unknown <<'S'
CREATE TABLE t (n int);
DELIMITER //
CREATE PROCEDURE fill() BEGIN INSERT INTO t VALUES (1); DO sleep(2); INSERT INTO t VALUES (2); END//
S
revision_file 0001 '' called <<'S'
-- migrate:up
CREATE TABLE a (id int);
CALL fill();
CREATE TABLE b (id int);
-- migrate:down
DROP TABLE b;
DROP TABLE a;
S
kill_in '%DO sleep%' upgrade head
run migrate upgrade head
exits 1 "a CALL in flight"
says "0001_called.sql:8" "its place"
says "migrate repair --done" "the one way"
says "migrate repair --retry" "the other way"
run migrate repair
exits 3 "repair shows it"
prints "unknown" "as unknown"
run migrate repair --done
exits 0 "it is said to be done"
run migrate upgrade head
exits 0 "and the run goes on behind it"
same "$(tables)" "a,b,t" "to the end"

# --- tables that do not roll back ---
new_project engines
on engines
revision_file 0001 '' engines <<'S'
-- migrate:up
CREATE TABLE m (n int) ENGINE=MyISAM;
CREATE TABLE i (n int);
INSERT INTO i VALUES (1);
INSERT INTO m SELECT 1 FROM i WHERE sleep(2) = 0;
INSERT INTO i VALUES (2);
-- migrate:down
DROP TABLE i;
DROP TABLE m;
S
kill_in 'INSERT INTO m%' upgrade head
run migrate upgrade head
exits 1 "rows of MyISAM in flight"
says "no transaction rolls back" "nobody knows"
run migrate repair --retry
exits 0 "to be sent again"
run migrate upgrade head
exits 0 "and so it is"
same "$(sql_rows engines 'SELECT count(*) FROM i')" "2" "the other rows once"

# --- locks in the way ---
new_project locks
on locks
mysql_client locks -e "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1), (2)"
mkfifo pipe
blocker() { # SQL: a transaction that stays open
    mysql_client locks <pipe >/dev/null 2>&1 &
    holder=$!
    exec 9>pipe
    printf 'BEGIN; %s;\n' "$1" >&9
    wait_for "SELECT count(*) > 0 FROM information_schema.innodb_trx"
}
unblock() {
    exec 9>&-
    wait "$holder"
}
revision_file 0001 '' alter <<'S'
-- migrate:up
CREATE TABLE first (n int);
ALTER TABLE p ADD COLUMN t int;
INSERT INTO first VALUES (1);
UPDATE p SET t = 1;
-- migrate:down
ALTER TABLE p DROP COLUMN t;
DROP TABLE first;
S
blocker 'UPDATE p SET id = id'
run migrate -x lock_wait=2s -x lock_timeout=1s upgrade head
exits 1 "somebody's transaction keeps the table"
says "0001_alter.sql:8:1" "the statement is named"
says "trying again (2)" "it was tried again"
says "held by perhaps connection" "who may be in the way is named"
same "$(journal)" "0001|up|started|1|4|0" "what is done stays, nothing is in flight"
(sleep 2; echo 'COMMIT;') >&9 &
run migrate -x lock_wait=20s -x lock_timeout=1s upgrade head
exits 0 "it ends: the statement is sent again"
unblock
same "$(sql_rows locks 'SELECT count(*), sum(t) FROM p, first')" "2|2" "each row once"
revision_file 0002 0001 rows <<'S'
-- migrate:up
INSERT INTO first VALUES (2);
UPDATE p SET t = 2 WHERE id = 2;
S
blocker 'UPDATE p SET t = 9 WHERE id = 2'
(sleep 2; echo 'ROLLBACK;') >&9 &
run migrate -x lock_wait=20s -x lock_timeout=1s upgrade head
exits 0 "a row's lock is waited for"
says "trying again (2)" "with the whole group again"
says "held by connection" "who is in the way is named"
same "$(sql_rows locks 'SELECT count(*) FROM first WHERE n = 2')" "1" "and its rows once"
unblock

# --- one at a time ---
revision_file 0003 0002 slow <<'S'
-- migrate:up
CREATE TABLE slow (n int);
DO sleep(3);
S
"$MIGRATE" upgrade head >out 2>err &
pid=$!
wait_for "SELECT count(*) > 0 FROM information_schema.processlist WHERE db = 'locks' AND info LIKE 'DO sleep%'"
run migrate -x lock_wait=500ms upgrade head
exits 3 "another run is at work"
says "held by connection" "its connection is named"
says "user root, 127.0.0.1:" "with its host"
run migrate upgrade head
exits 0 "waited for"
prints "another run has just done it" "and there is nothing left to do"
wait $pid
ok "the other one was not disturbed"
same "$(locks_left)" 0 "no connection stays"

# --- the connection is ended, the server dies ---
new_project lost
on lost
mysql_client lost -e "CREATE TABLE big (id int PRIMARY KEY, t varchar(100)); INSERT INTO big SELECT seq, 'x' FROM seq_1_to_300000"
revision_file 0001 '' slow <<'S'
-- migrate:up
CREATE TABLE a (id int PRIMARY KEY);
ALTER TABLE big ADD COLUMN c int NOT NULL DEFAULT 7, ALGORITHM=COPY;
INSERT INTO a VALUES (1);
DO sleep(3);
S
ending() { # PATTERN COMMAND…: runs in the background, and COMMAND in its middle
    local pattern=$1
    shift
    "$MIGRATE" upgrade head >out 2>err &
    pid=$!
    wait_for "SELECT count(*) > 0 FROM information_schema.processlist WHERE db = '$DB' AND id <> connection_id() AND info LIKE '$pattern'" || echo "# '$pattern' was not seen"
    "$@"
    wait $pid
    status=$? out=$(cat out) err=$(cat err)
}
end_connection() { mysql_client -e "KILL $(sql_rows lost "SELECT max(id) FROM information_schema.processlist WHERE db = 'lost' AND id <> connection_id()")"; }
ending 'ALTER TABLE big%' end_connection
exits 1 "the connection is ended in an ALTER"
says "0001_slow.sql:8:1" "the statement is named"
says "it looks whether statement 2 took effect" "and what the next run does"
same "$(sql_rows lost "SELECT statements_done, in_flight IS NOT NULL FROM migrate_history")" "1|1" "the mark stays"
ending 'DO sleep%' kill_server
exits 1 "the server dies in a transaction of rows"
same "$(sql_rows lost "SELECT statements_done, in_flight IS NOT NULL FROM migrate_history")" "2|0" "the ALTER is done"
same "$(sql_rows lost "SELECT count(*) FROM a")" "0" "the rows are not"
sed -i '/sleep/d' migrations/versions/0001_slow.sql
run migrate upgrade head
exits 0 "the next run goes on"
same "$(sql_rows lost "SELECT (SELECT count(*) FROM a), (SELECT sum(c) FROM big), (SELECT statements_done FROM migrate_history)")" "1|2100000|3" "each statement once"

# --- Ctrl-C ---
cd "$WORK/locks" || exit 1
DB=locks
revision_file 0004 0003 sleepy <<'S'
-- migrate:up
CREATE TABLE one (n int);
ALTER TABLE p ADD COLUMN u int;
CREATE TABLE two (n int);
S
blocker 'UPDATE p SET id = id'
perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$MIGRATE" -x lock_timeout=30s upgrade head >out 2>err &
pid=$!
wait_for "SELECT count(*) > 0 FROM information_schema.processlist WHERE db = 'locks' AND info LIKE 'ALTER TABLE p%' AND state LIKE '%lock%'"
kill -INT $pid
wait $pid
status=$? out=$(cat out) err=$(cat err)
exits 130 "Ctrl-C"
says "half applied: 1 of 3 statements are done" "says what remains"
same "$(sql_rows locks "SELECT in_flight IS NOT NULL FROM migrate_history WHERE state = 'started'")" "1" "the mark stays"
unblock
run migrate upgrade head
exits 0 "and the next run goes on"
same "$(sql_rows locks 'SELECT version_num FROM migrate_version')" "0004" "to the end"
finish
