#!/usr/bin/env bash
# What repair shows and refuses where the next run knows by itself; what it decides is in mysql_running.t.
. "$(dirname "$0")/../support/tap.sh"
new_project repair
run migrate repair
exits 0 "nothing is interrupted"
prints "nothing is interrupted" "and it says so"
run migrate repair --done
exits 0 "nor is there anything to decide"
printf -- '-- Revision: aaaa\n-- Revises:\n\n-- migrate:up transaction:false\nCREATE TABLE a (n INTEGER);\nINSERT INTO nope VALUES (1);\n-- migrate:down\nDROP TABLE a;\n' >migrations/versions/aaaa.sql
run migrate upgrade head
exits 1 "a revision stops half-way"
run migrate repair
exits 3 "repair finds it"
prints "aaaa half applied: 1 of 2 statements done" "which, and how far"
prints "aaaa.sql:6:1" "where"
prints "INSERT INTO nope" "at what"
prints "run migrate upgrade" "and what to do"
for flag in --done --retry; do
    run migrate repair $flag
    exits 1 "repair $flag decides nothing that upgrade knows"
    says "nothing was changed" "and says so"
done
run migrate repair --done --retry
exits 2 "one of both"
run migrate --json repair
exits 3 "the same as JSON"
prints '"undecided":' "with whether it is undecided"
finish
