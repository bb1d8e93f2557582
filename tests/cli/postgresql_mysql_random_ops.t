#!/usr/bin/env bash
# Random histories of operations and SQL, with rows, on SQLite, PostgreSQL and MariaDB: tests/support/random_ops.py says
# what they are judged by.
#   MIGRATE_TEST_HISTORIES=N   how many (15); MIGRATE_TEST_SEED=N the first (1)
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
export PYTHONDONTWRITEBYTECODE=1 MIGRATE
/usr/bin/python3 -c 'import sqlalchemy, psycopg2, pymysql' || { echo "Bail out! SQLAlchemy, psycopg2 or PyMySQL is missing"; exit 1; }
histories=${MIGRATE_TEST_HISTORIES:-15}
[ "${MIGRATE_TEST_SCALE:-}" != small ] || histories=${MIGRATE_TEST_HISTORIES:-4}
first=${MIGRATE_TEST_SEED:-1}
for ((seed = first; seed < first + histories; seed++)); do
    mkdir "$WORK/$seed" && cd "$WORK/$seed" || exit 1
    /usr/bin/python3 "$ROOT/tests/support/random_ops.py" "$seed" "$PGURL" "$PGFOLDER" "$MYURL" "$MYFOLDER/socket"
    ok "history $seed"
done
finish
