#!/usr/bin/env bash
# Files that were edited after they were applied, on MariaDB: what git knows of it, and accepting them.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/git.sh"
. "$ROOT/tests/support/git-tamper.sh"
recorded() { sql_rows "$@"; }
tampered
same "$(sql_rows tampered "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'tampered' AND table_name NOT LIKE 'migrate%'")" 0 \
    "nothing is left"
half_applied
finish
