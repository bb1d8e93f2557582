#!/usr/bin/env bash
# inspect --format sql and --format json on MariaDB: what is written loads with mariadb and as a model, and gives the
# same bytes.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/formats-tap.sh"

# Without --comments the client leaves them out of routines' bodies.
client() { mysql_client --comments "$1" <"$2"; }
# Without the database's own name, which sequences in defaults have, and display widths, which are no part of a type.
facts() { mysql_client -N -B "$1" <"$ROOT/tests/support/fingerprint-mysql.sql" | sed -E "s/\`$1\`\.//g; s/int\([0-9]+\)/int/g" | sort; }
settings() { :; }
for schema in types constraints tables objects shop; do
    check_formats "$schema" "$ROOT/tests/fixtures/mysql/$schema.sql"
done
for side in A B; do
    side_of_pairs mysql $side >"$WORK/$side.sql"
    check_formats "pairs_$side" "$WORK/$side.sql"
done
finish
