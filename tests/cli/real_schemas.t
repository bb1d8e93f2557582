#!/usr/bin/env bash
# Two well-known schemas with rows: inspect, check, recreate from the models by create_all and by a revision, compare.
. "$(dirname "$0")/../support/tap.sh"

# Facts from the pragmas, not from the stored text: spelling may change, meaning may not. NUMERIC(10,2) is NUMERIC(10, 2),
# and an INTEGER PRIMARY KEY takes no NULL with or without NOT NULL.
facts() {
    sqlite3 -batch "$1" "
SELECT 'table', name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'migrate%' ORDER BY 2;
SELECT 'column', t.name, c.cid, c.name, replace(c.type, ' ', ''), c.\"notnull\" AND NOT (c.pk AND c.type = 'INTEGER'), c.dflt_value, c.pk, c.hidden FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'migrate%' AND t.name NOT LIKE 'sqlite%' ORDER BY 2, 3;
SELECT 'key', t.name, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY 2, 3, 4;
SELECT 'index', t.name, i.origin, CASE i.origin WHEN 'c' THEN i.name END, i.\"unique\", i.partial, (SELECT group_concat(coalesce(x.name, '()') || x.desc || x.coll) FROM pragma_index_xinfo(i.name) x WHERE x.key) FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name NOT LIKE 'migrate%' ORDER BY 2, 3, 4, 7;
SELECT type, name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY 2"
}
for name in chinook sakila; do
    new_project $name
    sqlite3 -bail app.db <"$ROOT/tests/fixtures/$name.sql"
    sqlite3 -bail app.db <"$ROOT/tests/fixtures/$name-rows.sql"
    before=$(fingerprint app.db)
    wanted=$(facts app.db)

    run migrate inspect
    exits 0 "$name: inspect"
    printf '%s\n' "$out" >migrations/models.json
    run migrate check
    exits 0 "$name: check finds no difference with its own inspection"
    run migrate diff
    exits 0 "$name: diff too"
    silent "$name: and prints nothing"
    same "$(fingerprint app.db)" "$before" "$name: nothing was changed"

    run migrate create_all --url sqlite:///copy.db
    exits 0 "$name: create_all elsewhere"
    same "$(facts copy.db)" "$wanted" "$name: the copy has the same facts"
    run migrate check --url sqlite:///copy.db
    exits 0 "$name: check of the copy"
    migrate inspect --url sqlite:///copy.db >again.json
    same "$(cat again.json)" "$(cat migrations/models.json)" "$name: inspecting the copy gives the same bytes"

    run migrate revision --url sqlite:///built.db --autogenerate -m "the whole" --rev-id 0001
    exits 0 "$name: a revision of all of it"
    run migrate upgrade --url sqlite:///built.db head
    exits 0 "$name: is applied"
    same "$(facts built.db)" "$wanted" "$name: the built one has the same facts"
    sqlite3 -bail built.db <"$ROOT/tests/fixtures/$name-rows.sql"
    ok "$name: its rows load"
    same "$(rows built.db | grep -v INTO.customer)" "$(rows app.db | grep -v INTO.customer)" "$name: and are the same"
    run migrate downgrade --url sqlite:///built.db base
    exits 0 "$name: down to base"
    same "$(fingerprint built.db)" "" "$name: nothing is left"

    run migrate stamp head
    exits 0 "$name: the old database is stamped"
    run migrate check
    exits 0 "$name: and checked"
done

# A change on a schema with rows, views and triggers, and back.
cd "$WORK/sakila" || exit 1
before_facts=$(facts app.db) before_rows=$(rows app.db)
sed -e 's/"VARCHAR(45)"/"VARCHAR(60)"/' migrations/models.json >changed.json
if cmp -s changed.json migrations/models.json; then
    sed -e 's/String(45)/String(60)/' migrations/models.json >changed.json
fi
cmp -s changed.json migrations/models.json; [ $? = 1 ]; ok "the model changes"
cp changed.json migrations/models.json
run migrate revision --autogenerate -m "longer names" --rev-id 0002
exits 0 "a revision of the change"
run migrate upgrade head
exits 0 "rebuilds three tables"
run migrate check
exits 0 "no difference is left"
same "$(rows app.db)" "$before_rows" "every row is kept"
same "$(sqlite3 app.db "SELECT * FROM sqlite_sequence WHERE name = 'actor'")" "actor|50" "the AUTOINCREMENT counter is kept"
same "$(sqlite3 app.db 'PRAGMA foreign_key_check; PRAGMA integrity_check')" "ok" "the database is sound"
run migrate downgrade -1
exits 0 "and back"
same "$(facts app.db)" "$before_facts" "the former schema"
same "$(rows app.db)" "$before_rows" "the former rows"
finish
