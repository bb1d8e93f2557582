#!/usr/bin/env bash
# diff REF1..REF2: the models of two commits, without a database.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/git.sh"
new_project project
printf '[migrate]\nscript_location = migrations\nmodels = migrations/models.json\n' >migrate.ini
git_init >/dev/null
model <<'J'
{"tables": [{"name": "people", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "mail", "type": "String(20)"}, {"name": "n", "type": "Integer", "server_default": "(1+1)"}]}]}
J
git_commit one >/dev/null
git_tag v1 >/dev/null
model <<'J'
{"tables": [{"name": "users", "renamed_from": "people", "columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "mail", "type": "String(50)"}, {"name": "n", "type": "Integer", "server_default": "(1+1)"}, {"name": "extra", "type": "Text"}]},
 {"name": "orders", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]}]}
J
git_commit two >/dev/null

run migrate diff v1..HEAD
exits 1 "no kind of database is known"
says "--dialect" "which the message says"
same "$(ls)" "migrate.ini
migrations" "nothing is written"
run migrate diff v1..HEAD --dialect sqlite --format ops
exits 3 "the models of two commits differ"
same "$(grep -v 'primary key' <<<"$out" | sort)" "add column users.extra
alter column users.mail: type String(20) -> String(50)
create table orders
rename table people to users" "as operations, with the rename that the model says"
for dialect in postgresql mysql mariadb; do
    run migrate diff v1.. --dialect "$dialect" --format ops
    exits 3 "$dialect needs no server for models in JSON; to HEAD"
    prints "create table orders" "$dialect: operations"
done
run migrate diff v1.. --dialect postgresql
prints 'ALTER TABLE people RENAME TO users' "as SQL of that dialect"
run migrate diff v1..HEAD --dialect mariadb --json
same "$(jq -r '[.dialect, ([.operations[].op] | sort | join(" "))] | @csv' <<<"$out")" '"mariadb","add_column alter_column create_table rename_table"' "as JSON"
run migrate diff HEAD..v1 --dialect sqlite --format ops
prints "drop table orders" "and the other way round"
run migrate diff v1..v1 --dialect sqlite
exits 0 "a commit equals itself"
silent "and nothing is printed"
run migrate diff HEAD --dialect sqlite
exits 0 "a commit and the working folder, which is as it was committed"
sed -i 's/"extra"/"more"/' migrations/models.json
run migrate diff HEAD --dialect sqlite --format ops --rename users.extra:users.more
same "$status$out" "3rename column users.extra to more" "and is no longer; --rename says what it is"
run migrate diff ..v1 --dialect sqlite --format ops
prints "drop table orders" "..REF begins at HEAD"
run migrate diff v1 --url sqlite:///none.db --format ops
exits 3 "a url says the dialect"
[ ! -e none.db ]
ok "and no database is made"

# --- models that have moved, or are SQL ---
git_checkout main >/dev/null
mkdir -p elsewhere
printf 'CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL);\nCREATE VIEW v AS SELECT id FROM users;\n' >elsewhere/schema.sql
sed -i 's|^models = .*|models = elsewhere/schema.sql|' migrate.ini
git_commit three >/dev/null
git_tag v2 >/dev/null
printf 'CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, name TEXT);\nCREATE VIEW v AS SELECT id   FROM users;\n' >elsewhere/schema.sql
git_commit four >/dev/null
run migrate diff v2..HEAD --dialect sqlite --format ops
same "$status$out" "3add column users.name" "models in SQL run in memory"
run migrate diff v1..HEAD --dialect sqlite --format ops
prints "create view v" "each commit's own migrate.ini says which files they are"
run migrate diff v2..HEAD --dialect postgresql
exits 1 "models in SQL need a server of their dialect"
says "scratch_url" "which the message says"

# --- mistakes ---
run migrate diff nothing..HEAD --dialect sqlite
exits 1 "an unknown commit"
says "nothing" "is named"
run migrate diff v1...HEAD --dialect sqlite
exits 2 "three dots are no range"
run migrate diff --dialect sqlite --url sqlite:///none.db
exits 2 "--dialect without a range"
mkdir "$WORK/alone" && cp -r migrate.ini migrations elsewhere "$WORK/alone" && cd "$WORK/alone"
run migrate diff v1..HEAD --dialect sqlite
exits 1 "without a repository"
says "repository" "it is said"
finish
