#!/usr/bin/env bash
# SQLAlchemy's MetaData as the model, on PostgreSQL.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/sqlalchemy-tap.sh"

for case in "rich rich_models:Base rich_models:plain" "own postgresql_models:metadata"; do
    # shellcheck disable=SC2086
    set -- $case
    name=$1
    shift
    theirs=$(newdb "${name}_theirs") && ours=$(newdb "${name}_ours"); ok "$name: databases"
    schemas=
    if [ "$name" = own ]; then
        for database in theirs ours; do psql_rows "${name}_$database" "CREATE SCHEMA elsewhere"; done
        schemas="public elsewhere"
    fi
    by_sqlalchemy "$theirs" "$@"; ok "$name: SQLAlchemy creates the tables"
    sqlalchemy_project "$name" "$theirs" "$@"
    [ "$name" = rich ] || echo "include_schemas = public elsewhere" >>migrate.ini
    # shellcheck disable=SC2086
    both_ways "$theirs" "$ours" "$theirs" "$ours" "$name" $schemas
    migrate -q --url "$ours" downgrade base >/dev/null; ok "$name: and down"
done
finish
