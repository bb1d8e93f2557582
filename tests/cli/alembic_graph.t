#!/usr/bin/env bash
# The revision graph beside Debian's Alembic: the same graphs as its files and as ours, the same questions to both.
. "$(dirname "$0")/../support/tap.sh"
# Some of Alembic's answers come from sets of names.
export PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
answers="$ROOT/${B:-build}/tests/support/graph-answers"

if ! /usr/bin/python3 "$ROOT/tests/support/alembic_graph.py" "$WORK/graphs" 20261121 60 ||
    ! "$answers" "$WORK"/graphs/*; then
    echo "not ok 1 - the questions are answered (Debian's alembic and graph-answers)"
    echo "1..1"
    exit 1
fi
/usr/bin/python3 "$ROOT/tests/support/alembic_graph_compare.py" "$WORK/graphs" "$MIGRATE"
