#!/usr/bin/env bash
# check --against-history on MariaDB: schemas that together use all that the tool knows are what their revisions make;
# drift is found, the scratch database is gone whatever happens.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/against-history.sh"
scratch_left() { mysql_client -N -B -e "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'migrate\\_scratch%'"; }
statement() { mysql_client "$1" -e "$2"; }

for file in "$ROOT"/tests/fixtures/mysql/*.sql; do
    schema_agrees "$(basename "$file" .sql)" "$file"
done
drift_is_found
finish
