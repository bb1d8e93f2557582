#!/usr/bin/env bash
# What a revision loses on PostgreSQL, by the catalog's estimate or counted; who may not read a table is told nothing.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/lost-rows.sh"
facts() { psql -qXAt -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -f "$ROOT/tests/support/fingerprint-postgresql.sql" | grep -v 'migrate_version\|migrate_history'; }
sql() { psql -qX -v ON_ERROR_STOP=1 "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -c "$2" >/dev/null; }
fill() { sql "$1" "INSERT INTO $2 (id) SELECT generate_series(1, $3)"; }
lost_rows
many_rows
run migrate check
prints "drop table big, more than 100,000 rows" "before the first ANALYZE many are not counted to the end"
sql many "ANALYZE big"
run migrate check
prints "drop table big, about 150,000 rows" "then the catalog knows"
# a lock is not waited for, a table that cannot be read is not counted
sql many "CREATE ROLE reader LOGIN; GRANT SELECT ON migrate_version, migrate_history TO reader; CREATE TABLE small (id int); GRANT SELECT ON small TO reader; INSERT INTO small VALUES (1), (2)"
run migrate check --url "${URL/postgres@/reader@}"
exits 3 "a role that may not read a table compares all the same"
prints "drop table small, about 2 rows" "and counts what it may read"
case $out in *"drop table big"$'\n'*) true ;; *) explain; false ;; esac
ok "but not the rest"
coproc LOCKER { psql -qXAt "postgresql://postgres@127.0.0.1:$PGPORT_/many"; }
echo "BEGIN; LOCK TABLE small; SELECT 'locked';" >&"${LOCKER[1]}"
read -r locked <&"${LOCKER[0]}"
same "$locked" "locked" "somebody locks a table"
run timeout 60 "$MIGRATE" diff --format ops
exits 3 "it is not waited for long"
prints "drop table big, about 150,000 rows" "and the others are counted"
case $out in *"drop table small") true ;; *) explain; false ;; esac
ok "but not this one"
echo "ROLLBACK; \\q" >&"${LOCKER[1]}"
wait
for schema in shop constraints objects; do
    FIXTURE=$ROOT/tests/fixtures/postgresql/$schema.sql
    everything_comes_back "$schema"
done
finish
