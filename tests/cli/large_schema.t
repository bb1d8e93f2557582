#!/usr/bin/env bash
# A thousand tables on SQLite, from one state to a later one and back.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/large-tap.sh"
newdb() { echo "sqlite:///$PWD/$1.db"; }
load() { sqlite3 -batch "${1#sqlite:///}" <"$2"; }
large sqlite 1000
finish
