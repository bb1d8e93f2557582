#!/usr/bin/env bash
# How often the tool waits for the server: counted by a proxy that delays every answer, connections included. And what
# does not depend on the machine either: how many queries of information_schema an inspection takes, and what the journal
# of a revision costs.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
PROXY=$ROOT/${B:-build}/tests/support/delay-proxy

# Runs the tool through the proxy; $trips gets the round trips it needed.
through_proxy() { # DATABASE ARGUMENTS…
    local database=$1
    shift
    rm -f "$WORK/.proxy-port"
    "$PROXY" "$WORK/.proxy-port" "$MYPORT" 10 >"$WORK/.trips" &
    local proxy=$!
    for _ in $(seq 200); do [ -s "$WORK/.proxy-port" ] && break; sleep 0.01; done
    run migrate "$@" --url "mysql://root@127.0.0.1:$(cat "$WORK/.proxy-port")/$database"
    kill -TERM "$proxy"
    wait "$proxy"
    trips=$(tr -dc '0-9' <"$WORK/.trips")
}
at_most() { # LIMIT NAME
    [ "$trips" -le "$1" ] && [ "$trips" -gt 0 ]; ok "$2: $trips round trips, at most $1"
}
# Runs the tool while the server writes down what it is sent; statements.log gets a line per statement.
logged() { # ARGUMENTS…
    mysql_client -e "SET GLOBAL general_log_file = '$MYFOLDER/data/general.log'; SET GLOBAL general_log = 1"
    run migrate "$@"
    mysql_client -e "SET GLOBAL general_log = 0"
    awk '/^[0-9 :]*\t+ *[0-9]+ (Connect|Quit|Query|Init DB)/ { if (text != "") print text; text = ""; sub(/^.*(Query|Connect|Quit|Init DB)/, "") }
        /^;$/ { print text; text = ""; next }
        { text = text " " $0 }
        END { print text }' "$MYFOLDER/data/general.log" >statements.log
    rm -f "$MYFOLDER/data/general.log"
}
count_of() { # PATTERN
    grep -ciE -- "$1" statements.log
}

new_project trips
url=$(newdb trips)
sed -i "s#^url.*#url = $url#" migrate.ini
ddl() { # PREFIX: 20 statements that commit
    for n in $(seq 20); do echo "CREATE TABLE $1_$n (id INT PRIMARY KEY, x INT);"; done
}
revision_file 0001 "" first <<SQL
-- migrate:up
CREATE TABLE seed (id INT PRIMARY KEY, x VARCHAR(20));

-- migrate:down
DROP TABLE seed;
SQL
revision_file 0002 0001 ddl <<SQL
-- migrate:up
$(ddl a)

-- migrate:down
DROP TABLE a_1;
SQL
revision_file 0003 0002 "more ddl" <<SQL
-- migrate:up
$(for n in $(seq 20); do echo "ALTER TABLE a_$n ADD COLUMN y INT;"; done)

-- migrate:down
DROP TABLE a_1;
SQL
revision_file 0004 0003 seed <<SQL
-- migrate:up
$(for n in $(seq 50); do echo "INSERT INTO seed VALUES ($n, 'row $n');"; done)

-- migrate:down
DELETE FROM seed;
SQL
previous=0004
for n in 5 6 7 8; do
    revision_file "000$n" "$previous" step <<SQL
-- migrate:up
CREATE TABLE step_$n (id INT PRIMARY KEY, x VARCHAR(20));
INSERT INTO step_$n VALUES (1, NULL), (2, NULL);
CREATE INDEX ix_step_$n ON step_$n (x);
ALTER TABLE step_$n COMMENT = 'step';

-- migrate:down
DROP TABLE step_$n;
SQL
    previous=000$n
done
run migrate upgrade 0001
exits 0 "the first revision"
through_proxy trips upgrade 0001
exits 0 "nothing to do"
at_most 5 "upgrade with nothing to do, the connection included"
through_proxy trips current
prints "0001" "current"
at_most 5 "current"
through_proxy trips status
at_most 5 "status"
through_proxy trips upgrade 0002
exits 0 "20 tables are created"
at_most 52 "a revision of 20 tables"
through_proxy trips upgrade 0003
exits 0 "20 tables are changed"
at_most 52 "a revision of 20 ALTER TABLEs"
through_proxy trips upgrade 0004
exits 0 "50 rows in 50 INSERTs"
at_most 11 "a revision of 50 INSERTs"
[ "$(sql_rows trips 'SELECT count(*) FROM seed')" = 50 ]; ok "they are there"

# CREATE TABLE, INSERT, CREATE INDEX, ALTER TABLE: what is committed for the journal, and with the INSERT, beside the
# three commits of the DDL itself; and every statement that is sent, the four included. Of each further revision.
commits() { # of transactions, and of what changes the journal outside of them
    awk '/^[ \t]*START TRANSACTION/ { inside = 1 } /^[ \t]*COMMIT/ { inside = 0; n++ }
        !inside && /^[ \t]*UPDATE migrate_history/ { n++ }
        END { print n + 0 }' statements.log
}
logged upgrade 0005
exits 0 "one more revision"
first_commits=$(commits) first_statements=$(wc -l <statements.log)
logged upgrade 0008
exits 0 "three more"
more=$((($(commits) - first_commits) / 2)) statements=$((($(wc -l <statements.log) - first_statements) / 2))
[ "$more" -ge 3 ] && [ "$more" -le 5 ]; ok "a revision of three DDL statements and an INSERT: $more commits of its own, at most 5"
[ "$statements" -ge 9 ] && [ "$statements" -le 27 ]; ok "it takes $statements statements, at most 27"

# One connection each, and no more is asked than it takes.
logged upgrade head
[ "$(count_of '^ .*root@.* on trips')" = 1 ]; ok "one connection where there is nothing to do"
asked=$(count_of '(^|[^_])(SELECT|SET NAMES)')
[ "$asked" -ge 3 ] && [ "$asked" -le 4 ]; ok "$asked statements where there is nothing to do, at most 4"

# 1,000 tables.
url=$(newdb large)
awk 'BEGIN {
    for (t = 1; t <= 1000; t++)
        printf "CREATE TABLE t%d (id INT NOT NULL, a INT DEFAULT 2, b VARCHAR(20) DEFAULT '\''x'\'', c DATETIME DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (id), KEY ix_%d (a), CONSTRAINT ck_%d CHECK (a IN (1, 2)));\n", t, t, t
}' | mysql_client large
rm migrations/versions/*
sed -i "s#^url.*#url = $url#" migrate.ini
migrate inspect >migrations/models.json
through_proxy large check
exits 0 "check of 1,000 tables"
at_most 5 "check of 1,000 tables"
logged check
exits 0 "the same, counted by the server"
queries=$(count_of 'FROM information_schema')
[ "$queries" -ge 1 ] && [ "$queries" -le 13 ]; ok "$queries queries of information_schema, 12 of them the inspection's"
sed -i 's/in (1,2)/in (1,3)/' migrations/models.json
through_proxy large check
exits 3 "every table has another check"
at_most 14 "check of what differs"
finish
