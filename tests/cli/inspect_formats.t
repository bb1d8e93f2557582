#!/usr/bin/env bash
# inspect --format sql and --format json, --models and --output: what is written loads with sqlite3 and as a model, and
# gives the same bytes.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/formats-tap.sh"

newdb() { mkdir -p "$WORK/db" && rm -f "$WORK/db/$1" && : >"$WORK/db/$1" && echo "sqlite:///$WORK/db/$1"; }
client() { sqlite3 -batch -bail "$WORK/db/$1" <"$2"; }
# In sqlite3's own words, by its PRAGMAs: definitions are written anew, so their texts may differ. The row id is never
# NULL, said or not.
facts() {
    local table
    sqlite3 -batch "$WORK/db/$1" "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2"
    for table in $(sqlite3 -batch "$WORK/db/$1" "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1"); do
        sqlite3 -batch "$WORK/db/$1" "SELECT '$table', cid, name, replace(type, ', ', ','), \"notnull\" OR (pk AND lower(type) = 'integer'), dflt_value, pk, hidden FROM pragma_table_xinfo('$table')" \
            "SELECT '$table', \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list('$table') ORDER BY 2, 3" \
            "SELECT '$table', l.\"unique\", l.origin, l.partial, i.* FROM pragma_index_list('$table') l, pragma_index_xinfo(l.name) i ORDER BY l.name NOT LIKE 'sqlite%' AND l.name, 2, 3, i.seqno, i.name" |
            tr A-Z a-z
    done
}
for file in "$ROOT"/tests/fixtures/chinook.sql "$ROOT"/tests/fixtures/sakila.sql "$ROOT"/tests/fixtures/pairs/sqlite/*.sql; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .sql)
    check_formats "$name" "$file"
done
finish
