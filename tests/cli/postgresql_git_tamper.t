#!/usr/bin/env bash
# Files that were edited after they were applied, on PostgreSQL: what git knows of it, and accepting them.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/git.sh"
. "$ROOT/tests/support/git-tamper.sh"
recorded() { psql_rows "$@"; }
tampered
same "$(psql_rows tampered "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'migrate%'")" 0 \
    "nothing is left"

# --- one at a time ---
git_checkout main
migrate upgrade head >/dev/null
sed -i 's/one (n BIGINT)/one (n NUMERIC)/' migrations/versions/aaaa_one.sql
for i in 1 2 3 4; do
    migrate repair aaaa --accept-edit >"$WORK/accept.$i" 2>&1 &
done
wait
same "$(grep -l 'counts as what was applied' "$WORK"/accept.* | wc -l)" 1 "of four at once, one accepts"
same "$(psql_rows tampered "SELECT count(*) FROM migrate_history WHERE direction = 'edit' AND blob_id = '$(git hash-object migrations/versions/aaaa_one.sql)'")" 1 \
    "and it is recorded once"
same "$(grep -lE 'nothing to accept|run again, and read it again' "$WORK"/accept.* | wc -l)" 3 "the others are told"
run migrate status
exits 0 "then nothing is edited"
finish
