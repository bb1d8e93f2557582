#!/usr/bin/env bash
# Renamed values of an enum on SQLite, where a check lists them: rows move along, up and down.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/renamed-values.sh"
newdb() { echo "sqlite:///app.db"; }
run_sql() { sqlite3 -batch -nullvalue NULL app.db; }
renamed_values
finish
