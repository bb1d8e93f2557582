# For tests of the real program on a PostgreSQL server of their own; to be sourced behind tap.sh.
# PG_SETTINGS (name=value …), set before, are the server's. PGURL is the superuser's URL of database "postgres"; the server is gone when the test ends. No server: no test passes.
for name in $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p'); do unset "$name"; done
PGFOLDER=$(mktemp -d /tmp/mpg.XXXXXX)
at_exit '"$ROOT/tests/support/postgresql.sh" stop "$PGFOLDER"; rm -rf "$PGFOLDER"'
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
PGURL=$("$ROOT/tests/support/postgresql.sh" start "$PGFOLDER" ${PG_SETTINGS:-}) || { echo "Bail out! no PostgreSQL server"; exit 1; }
PGPORT_=$(cat "$PGFOLDER/port")

# pgbouncer in front of it, in transaction mode: its URL on stdout.
pooler() { "$ROOT/tests/support/postgresql.sh" pool "$PGFOLDER"; }
# An empty database: its URL on stdout. Tests of both servers say which.
pg_newdb() { # NAME
    psql -qX "$PGURL" -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" -c "CREATE DATABASE \"$1\"" >/dev/null 2>&1 &&
        echo "postgresql://postgres@127.0.0.1:$PGPORT_/$1"
}
newdb() { pg_newdb "$@"; }
# Columns separated by '|', NULL as "NULL".
psql_rows() { # DATABASE QUERY
    psql -qXAt -v ON_ERROR_STOP=1 -P null=NULL "postgresql://postgres@127.0.0.1:$PGPORT_/$1" -c "$2"
}
# The order of storage parameters is that of the statement that set them, and means nothing.
sort_storage_parameters() {
    perl -pe 's/(WITH \()([^()]*)\)/$1 . join(", ", sort split(", ", $2)) . ")"/e'
}
