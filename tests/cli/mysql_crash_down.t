#!/usr/bin/env bash
# kill -9 of the tool on the way down, and on the way up with `downgrade base` behind it, on MariaDB, where DDL commits by
# itself: what is done of a revision is taken back whole. And of the server at any time. The way up is in mysql_crash.t.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so

state() {
    mysql_dump crash --ignore-table=crash.migrate_history --ignore-table=crash.migrate_version
    sql_rows crash "SELECT 'author', a.* FROM author a ORDER BY 2; SELECT 'book', b.* FROM book b ORDER BY 2; SELECT version_num FROM migrate_version; SELECT revision, state, statements_done, in_flight FROM migrate_history WHERE state <> 'failed' ORDER BY 1"
}
nothing_left() {
    sql_rows crash "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'crash' AND table_name NOT LIKE 'migrate%'; SELECT count(*) FROM migrate_version; SELECT count(*) FROM migrate_history WHERE state = 'started'"
}
fresh() { newdb crash >/dev/null; }

new_project crash
printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nlock_wait = 30s\n' "$(newdb crash)" >migrate.ini
revision_file 0001 '' create <<'S'
-- migrate:up
CREATE TABLE author (id int PRIMARY KEY AUTO_INCREMENT, name varchar(40) NOT NULL);
CREATE TABLE book (id int PRIMARY KEY, author_id int NOT NULL, title varchar(100), CONSTRAINT fk_author FOREIGN KEY (author_id) REFERENCES author (id));
CREATE TABLE old_name (n int);
CREATE VIEW titles AS SELECT title FROM book;
INSERT INTO author VALUES (1, 'Ada'), (2, 'Grace');
INSERT INTO book VALUES (1, 1, 'Notes; on the engine');
CREATE INDEX ix_title ON book (title);
-- migrate:down
DROP INDEX ix_title ON book;
DROP VIEW titles;
DROP TABLE old_name;
DROP TABLE book;
DROP TABLE author;
S
revision_file 0002 0001 alter <<'S'
-- migrate:up
UPDATE book SET title = concat(title, '!');
ALTER TABLE book ADD COLUMN pages int NOT NULL DEFAULT 7, ADD COLUMN kind varchar(20), ALGORITHM=COPY;
UPDATE book SET pages = pages + 1;
INSERT INTO author (name) VALUES ('Edsger');
RENAME TABLE old_name TO new_name;
CREATE TRIGGER counts AFTER INSERT ON new_name FOR EACH ROW UPDATE book SET pages = pages + 1;
-- migrate:up transaction:false
INSERT INTO new_name VALUES (1);
INSERT INTO new_name VALUES (2);
DROP TABLE IF EXISTS never_was;
-- migrate:down
DROP TRIGGER counts;
RENAME TABLE new_name TO old_name;
ALTER TABLE book DROP COLUMN pages, DROP COLUMN kind;
S
run migrate upgrade head
exits 0 "undisturbed"
undisturbed=$(state)
run migrate downgrade base
exits 0 "and down"
none=$(nothing_left)
same "$none" "0
0
0" "to nothing"

# Who is killed half-way leaves a server that goes on with its statement: the next run waits for it.
goes_on() { # WHAT DIRECTION
    local expected=$undisturbed found
    if ! if [ "$2" = up ]; then "$MIGRATE" -q upgrade head; else "$MIGRATE" -q downgrade base; fi >/dev/null 2>"$WORK/again"; then
        echo "# $1, $2: $(head -8 "$WORK/again")"
        return 1
    fi
    if [ "$2" = up ]; then found=$(state); else expected=$none found=$(nothing_left); fi
    [ "$found" = "$expected" ] && return 0
    echo "# $1, $2: another state"
    diff <(echo "$expected") <(echo "$found") | head -10 | sed 's/^/# /'
    return 1
}

if [ -n "${MIGRATE_TEST_SANITIZED:-}" ]; then
    skip "kill at every call of the client library" "the sanitizers' run-time wants to be loaded first; the plain build runs this"
else
    fresh
    KILL_ON=send KILL_COUNT=$WORK/count LD_PRELOAD=$KILL "$MIGRATE" -q upgrade head >/dev/null 2>&1
    total=$(cat "$WORK/count")
    [ "$total" -gt 50 ]; ok "there are calls to be killed at ($total)"
    step=3
    [ "${MIGRATE_TEST_SCALE:-}" != small ] || step=29
    [ "${MIGRATE_TEST_CRASHES:-}" = all ] && step=1
    bad=0 survived=0
    for ((k = 1; k <= total && bad < 5; k += 2 * step)); do
        fresh
        "$MIGRATE" -q upgrade head >/dev/null 2>&1
        { KILL_ON=send KILL_AT=$k LD_PRELOAD=$KILL "$MIGRATE" -q downgrade base >/dev/null; } 2>/dev/null
        if goes_on "call $k" down; then survived=$((survived + 1)); else bad=$((bad + 1)); fi
    done
    [ "$bad" = 0 ] && [ "$survived" -gt 0 ]; ok "on the way down: $survived interruptions survived"
    bad=0 survived=0
    for ((k = 2; k <= total && bad < 5; k += 2 * step)); do
        fresh
        { KILL_ON=send KILL_AT=$k LD_PRELOAD=$KILL "$MIGRATE" -q upgrade head >/dev/null; } 2>/dev/null
        [ -n "$(sql_rows crash "SHOW TABLES LIKE 'migrate_history'")" ] || continue
        if goes_on "call $k" down; then survived=$((survived + 1)); else bad=$((bad + 1)); fi
    done
    [ "$bad" = 0 ] && [ "$survived" -gt 0 ]; ok "taken back: $survived interruptions survived"
fi

# The server dies at any time; the tool is told, or not.
times="5 40 80 120 160 200 260 320"
[ "${MIGRATE_TEST_SCALE:-}" != small ] || times="120"
bad=0 survived=0
for delay in $times; do
    fresh
    "$MIGRATE" -q upgrade head >/dev/null 2>&1 &
    tool=$!
    sleep "0.$(printf '%03d' "$delay")"
    kill_server >/dev/null
    wait "$tool"
    if goes_on "server after $delay ms" up; then survived=$((survived + 1)); else bad=$((bad + 1)); fi
done
[ "$bad" = 0 ]; ok "kill -9 of the server: $survived interruptions survived"
finish
