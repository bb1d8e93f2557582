#!/usr/bin/env bash
# SQLAlchemy's MetaData as the model, on MariaDB.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/sqlalchemy-tap.sh"

python_url() { echo "$1" | sed 's#^mysql:#mysql+pymysql:#; s#$#?charset=utf8mb4#'; }
for case in "rich rich_models:Base rich_models:plain" "own mysql_models:metadata"; do
    # shellcheck disable=SC2086
    set -- $case
    name=$1
    shift
    theirs=$(newdb "${name}_theirs") && ours=$(newdb "${name}_ours"); ok "$name: databases"
    by_sqlalchemy "$(python_url "$theirs")" "$@"; ok "$name: SQLAlchemy creates the tables"
    sqlalchemy_project "$name" "$theirs" "$@"
    both_ways "$theirs" "$ours" "$(python_url "$theirs")" "$(python_url "$ours")" "$name"
    migrate -q --url "$ours" downgrade base >/dev/null; ok "$name: and down"
done
finish
