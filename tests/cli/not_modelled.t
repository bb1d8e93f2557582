#!/usr/bin/env bash
# What SQLite has beyond what is modelled, and what is out of scope, is listed by inspect -v and check -v, and left alone.
. "$(dirname "$0")/../support/tap.sh"

new_project listed
sqlite3 app.db "CREATE VIRTUAL TABLE docs USING fts5(body); CREATE VIRTUAL TABLE box USING rtree(id, low, high);
    CREATE TABLE items (id integer PRIMARY KEY, name text); CREATE INDEX ix_items ON items (name); CREATE TABLE old_items (id integer);
    CREATE TABLE legacy (id integer); CREATE VIEW legacy_view AS SELECT id FROM legacy;
    INSERT INTO items VALUES (1, 'one'); INSERT INTO docs VALUES ('some words'); INSERT INTO box VALUES (1, 2, 3);
    ANALYZE; PRAGMA user_version = 3; PRAGMA application_id = 7"
lines() { printf '%s\n' "$err" | grep -E '^(not modelled|out of scope)'; }
wanted='not modelled, left alone: PRAGMA application_id: = 7
not modelled, left alone: PRAGMA user_version: = 3
not modelled, left alone: box: virtual table (box_node, box_parent, box_rowid)
not modelled, left alone: docs: virtual table (docs_config, docs_content, docs_data, docs_docsize, docs_idx)
not modelled, left alone: sqlite_stat1: statistics of ANALYZE'
run migrate inspect -v
exits 0 "inspect -v"
same "$(lines)" "$wanted" "lists what is not modelled"
printf '%s\n' "$out" >migrations/models.json
run migrate inspect
same "$out" "$(cat migrations/models.json)" "on stdout nothing is different"
same "$(lines)" "" "and without -v nothing is listed"
run migrate inspect -v --json
same "$(printf '%s' "$out" | python3 -c 'import json, sys
for thing in json.load(sys.stdin)["not_modelled"]: print("not modelled, left alone: %(subject)s: %(text)s" % thing)')" "$wanted" "--json has it in the document"
printf '%s\n' "$out" >listed.json
run migrate -v inspect --json --format sql
printf '%s' "$out" | python3 -c 'import json, sys; sys.exit(len(json.load(sys.stdin)["not_modelled"]) != 5)'; ok "also beside the script"

echo 'exclude_tables = legacy*' >>migrate.ini
run migrate check -v
exits 0 "check -v"
same "$(lines)" "$wanted
out of scope, left alone (include_tables, exclude_tables, include_schemas): legacy, legacy_view" "lists that, and in one line what is out of scope"
run migrate check --json
case $out in *not_modelled*) false ;; esac; ok "check --json without -v is as before"
run migrate check -v --json
same "$(printf '%s' "$out" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["not_modelled"]))')" 5 "with -v it has the list"
cp listed.json migrations/models.json
run migrate check
exits 0 "a model with the list in it is a model"

echo '{"tables": [{"name": "items", "columns": [{"name": "id", "type": "Integer", "primary_key": true, "autoincrement": true}]}]}' | model
migrate -q revision --autogenerate --no-rename -m less >/dev/null && run migrate upgrade head
exits 0 "a revision that drops all that the model does not have"
run migrate inspect -v
same "$(lines)" "$wanted" "touches nothing of it"
same "$(sqlite3 app.db "SELECT body FROM docs WHERE docs MATCH 'words'" "SELECT id FROM box WHERE low > 1" "SELECT count(*) FROM legacy_view" "SELECT count(*) FROM pragma_table_list WHERE name = 'old_items'")" "some words
1
0
0" "the virtual tables work, what is out of scope is there"
finish
