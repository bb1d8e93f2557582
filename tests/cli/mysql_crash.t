#!/usr/bin/env bash
# A history of 44 statements on a server whose DDL commits by itself: kill -9 of the tool before and behind every packet
# that changes something (a statement with its mark, or a transaction) and at random times, kill -9 of the server before,
# in and behind them. The next `upgrade head` alone always reaches the schema and the rows of an undisturbed run.
#   MIGRATE_TEST_CRASHES=all   every call of the client library (about 570), for the server as well
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
KILL=$ROOT/${B:-build}/tests/support/preload/kill.so

new_project crash
cat >migrate.ini <<INI
[migrate]
script_location = %(here)s/migrations
url = mysql://root@127.0.0.1:$MYPORT/crash
models = %(here)s/migrations/models.json
lock_wait = 30s
INI
fresh() { newdb crash >/dev/null; }
# Everything, straight from the server: what its dump program says of structure and rows, where the database stands.
state() {
    mariadb-dump --no-defaults -uroot -S "$MYFOLDER/socket" --default-character-set=utf8mb4 --routines --events --triggers \
        --skip-comments --skip-dump-date --skip-extended-insert --order-by-primary --ignore-table=crash.migrate_history \
        crash | sed 's/DEFINER=[^ *]* *//'
    mysql_client -N -B crash -e "SELECT 'key', table_name, index_name, seq_in_index, column_name, sub_part, collation FROM information_schema.statistics WHERE table_schema = 'crash' AND table_name NOT LIKE 'migrate%' ORDER BY 2, 3, 4; SELECT revision, state, statements_done FROM migrate_history WHERE state <> 'failed' ORDER BY id; CHECKSUM TABLE author, book, log"
}

revision_file 0001 '' create <<'SQL'
-- migrate:up
CREATE TABLE author (id INT NOT NULL, name VARCHAR(40) NOT NULL COMMENT 'as printed', born DATE, PRIMARY KEY (id)) ENGINE=InnoDB;
CREATE TABLE book (
    id BIGINT NOT NULL,
    author_id INT NOT NULL,
    title VARCHAR(80),
    kind ENUM('novel', 'essay') DEFAULT 'novel',
    PRIMARY KEY (id),
    KEY fk_book_author (author_id),
    CONSTRAINT fk_book_author FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE
) ENGINE=InnoDB;
CREATE TABLE log (id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB;
CREATE TABLE trash (id INT PRIMARY KEY) ENGINE=InnoDB;
CREATE INDEX ix_book_title ON book (title(20), author_id DESC);
ALTER TABLE author COMMENT = 'all of them';
SQL
revision_file 0002 0001 data <<'SQL'
-- migrate:up
INSERT INTO author (id, name) VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Edsger; "quoted"');
DELETE FROM author WHERE id = 3;
INSERT INTO log (id, n) VALUES (1, 1);
INSERT INTO book (id, author_id, title)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
    SELECT i, 1 + i % 2, concat('Volume ', i) FROM n;
UPDATE log SET n = n + 1;
ALTER TABLE log ADD COLUMN note VARCHAR(20) DEFAULT 'it''s' NOT NULL, ADD COLUMN twice INT AS (n * 2) STORED, ADD INDEX ix_log_n (n);
UPDATE log SET n = n + 1;
UPDATE book SET title = concat(title, '!') WHERE id % 7 = 0;
SQL
revision_file 0003 0002 alter <<'SQL'
-- migrate:up
ALTER TABLE book DROP FOREIGN KEY fk_book_author;
ALTER TABLE author MODIFY id BIGINT NOT NULL AUTO_INCREMENT, CHANGE name full_name VARCHAR(60) NOT NULL COMMENT 'as printed', ADD CONSTRAINT ck_author_name CHECK (char_length(full_name) > 1);
ALTER TABLE book MODIFY author_id BIGINT NOT NULL, MODIFY kind ENUM('novel', 'essay', 'play') DEFAULT 'novel', RENAME INDEX ix_book_title TO ix_title;
ALTER TABLE book ADD CONSTRAINT fk_author FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE ON UPDATE CASCADE;
UPDATE book SET kind = 'play' WHERE id < 5;
UPDATE log SET n = n * 2;
ALTER TABLE book ADD UNIQUE KEY uq_book (author_id, id), DROP INDEX fk_book_author;
DROP TABLE trash;
INSERT INTO log (id, n) SELECT id + 1, n + 1 FROM log;
SQL
revision_file 0004 0003 objects <<'SQL'
-- migrate:up
CREATE VIEW books_of_authors AS SELECT a.full_name, b.title FROM author a JOIN book b ON b.author_id = a.id;
CREATE FUNCTION plus_one(n INT) RETURNS INT DETERMINISTIC RETURN n + 1;
CREATE PROCEDURE tell(IN what VARCHAR(20))
BEGIN
    DECLARE i INT DEFAULT 0;
    WHILE i < 2 DO
        SET i = i + 1;
    END WHILE;
    UPDATE log SET note = what;
END;
CREATE TRIGGER tr_book AFTER INSERT ON book FOR EACH ROW
BEGIN
    IF NEW.title IS NOT NULL THEN UPDATE log SET n = n + char_length(NEW.title); END IF;
END;
INSERT INTO book (id, author_id, title) VALUES (1000, 1, 'last; one');
CREATE TABLE numbers (id INT NOT NULL, n INT, PRIMARY KEY (id)) ENGINE=InnoDB COMMENT = 'no sequence: MariaDB does not recover one whose row it had not written';
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO UPDATE log SET n = 0;
CREATE OR REPLACE VIEW books_of_authors AS SELECT a.full_name, b.title, b.kind FROM author a JOIN book b ON b.author_id = a.id;
UPDATE log SET n = plus_one(n);
SQL
revision_file 0005 0004 more <<'SQL'
-- migrate:up transaction:false
UPDATE log SET n = n + 7;
CREATE TABLE parts (id INT NOT NULL, n INT, PRIMARY KEY (id)) ENGINE=InnoDB PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (100));
INSERT INTO parts (id, n) SELECT id, n FROM log;
ALTER TABLE parts ADD PARTITION (PARTITION p2 VALUES LESS THAN (1000));
UPDATE parts SET n = n + 1;
RENAME TABLE parts TO pieces;
DROP TRIGGER tr_book;
CREATE TRIGGER tr_book BEFORE UPDATE ON book FOR EACH ROW SET NEW.title = concat(NEW.title, '.');
UPDATE book SET title = 'changed' WHERE id = 1000;

-- migrate:up
DROP INDEX ix_log_n ON log;
DROP EVENT nightly;
ALTER TABLE log CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, ROW_FORMAT = COMPACT;
SQL
statements=44

fresh
run migrate upgrade head
exits 0 "an undisturbed run"
[ "$status" = 0 ] || { explain; finish; }
undisturbed=$(state)
run sql_rows crash "SELECT sum(statements_done) FROM migrate_history"
prints "$statements" "the history has $statements statements, all journalled"

bad=0 survived=0
again() { # LABEL: what the interruption left becomes whole by `upgrade head` alone
    if ! "$MIGRATE" -q upgrade head >/dev/null 2>"$WORK/again"; then
        sed "s/^/# $1: /; 12q" "$WORK/again"
        bad=$((bad + 1))
    elif [ "$(state)" != "$undisturbed" ]; then
        echo "# $1: another state"
        diff <(echo "$undisturbed") <(state) | head -12 | sed 's/^/# /'
        bad=$((bad + 1))
    else
        survived=$((survived + 1))
    fi
}
told() { # NAME
    [ "$bad" = 0 ] && [ "$survived" -gt 0 ]; ok "$1: $survived interruptions survived"
    bad=0 survived=0
}

small=
[ "${MIGRATE_TEST_SCALE:-}" != small ] || small=yes
on=change
[ "${MIGRATE_TEST_CRASHES:-}" != all ] || on=send
if [ -n "${MIGRATE_TEST_SANITIZED:-}" ]; then
    skip "kill -9 of the tool and of the server around statements" "the sanitizers' run-time wants to be loaded first; the plain build runs this"
else
    fresh
    KILL_ON=$on KILL_COUNT=$WORK/count LD_PRELOAD=$KILL "$MIGRATE" -q upgrade head >/dev/null 2>&1
    total=$(cat "$WORK/count")
    [ "$total" -ge "$statements" ]; ok "there are moments to be killed at ($total)"

    step=1
    [ -z "$small" ] || step=9
    for ((k = 1; k <= total; k += step)); do
        for moment in KILL_AT KILL_AFTER; do
            fresh
            { env KILL_ON=$on $moment=$k LD_PRELOAD="$KILL" "$MIGRATE" -q upgrade head >/dev/null; } 2>/dev/null
            again "tool, $moment $k"
        done
        [ "$bad" -lt 4 ] || break
    done
    told "kill -9 of the tool before it sends and behind it, the server going on, step $step of $total"

    # The server dies before a packet, or within what the packet has made it do, or when that is done.
    step=2
    [ "${MIGRATE_TEST_CRASHES:-}" != all ] || step=1
    [ -z "$small" ] || step=21
    for ((k = 1 + RANDOM % step; k <= total; k += step)); do
        fresh
        case $((k / step % 3)) in
        0) moment="KILL_AT=$k" ;;
        1) moment="KILL_AFTER=$k" ;;
        2) moment="KILL_AFTER=$k KILL_DELAY=$((RANDOM % 8000 + 100))" ;;
        esac
        env KILL_ON=$on KILL_PID="$(cat "$MYFOLDER/pid")" $moment LD_PRELOAD="$KILL" "$MIGRATE" -q upgrade head >/dev/null 2>&1
        kill_server || { bad=$((bad + 1)); break; }
        again "server, $moment"
        [ "$bad" -lt 4 ] || break
    done
    told "kill -9 of the server before, in and behind packets, step $step of $total"
fi

# Whenever it happens to fall.
times=40
[ -z "$small" ] || times=6
fresh
begun=$(date +%s%N)
"$MIGRATE" -q upgrade head >/dev/null 2>&1
whole=$((($(date +%s%N) - begun) / 1000))
for ((k = 0; k < times; k++)); do
    fresh
    "$MIGRATE" -q upgrade head >/dev/null 2>&1 &
    tool=$!
    sleep "$(printf '0.%06d' $((RANDOM * 37 % whole % 1000000)))"
    { kill -9 "$tool"; wait "$tool"; } 2>/dev/null
    again "tool, at a random time"
    [ "$bad" -lt 4 ] || break
done
told "kill -9 of the tool at $times random times"
finish
