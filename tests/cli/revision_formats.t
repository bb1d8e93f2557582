#!/usr/bin/env bash
# What format revision files are written in: SQL or operations, by the key and by --format.
. "$(dirname "$0")/../support/tap.sh"

# Another JSON parser than ours; it takes no comments.
python_reads() { # FILE EXPRESSION OF d
    grep -v '^ *//' "$1" | python3 -c 'import json, sys
d = json.load(sys.stdin)
print('"$2"')'
}

# --- an empty revision ---
new_project formats
run migrate revision -m "first one"
exits 0 "a revision"
case $out in *.sql) true ;; *) false ;; esac; ok "is SQL by default"
first=$(sed -n 's/^-- Revision: //p' "$out")
run migrate revision -m "second one" --rev-id aa02 --format ops
exits 0 "--format ops"
same "$out" "$PWD/migrations/versions/aa02_second_one.json" "writes JSON"
same "$(python_reads "$out" 'd["down_revision"], d["message"], d["upgrade"], d["downgrade"]')" \
    "$first second one [] []" "which stands on the SQL file"
same "$(python_reads "$out" 'list(d)')" \
    "['revision', 'down_revision', 'branch_labels', 'depends_on', 'message', 'create_date', 'upgrade', 'downgrade']" \
    "with its keys in order"
echo 'revision_format = ops' >>migrate.ini
run migrate revision -m third --rev-id aa03
case $out in *aa03_third.json) true ;; *) explain; false ;; esac; ok "revision_format = ops"
run migrate revision -m fourth --rev-id aa04 --format sql
case $out in *aa04_fourth.sql) true ;; *) explain; false ;; esac; ok "--format sql wins over the key"
run migrate heads
prints aa04 "SQL and operations make one history"
run migrate revision -m x --format json
exits 2 "an unknown format"
run migrate -x revision_format=jsn revision -m x
exits 2 "an unknown format in the configuration"
says "sql" "names those there are"

finish
