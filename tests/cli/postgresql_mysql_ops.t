#!/usr/bin/env bash
# One history of operations and SQL on SQLite, PostgreSQL and MariaDB: three times the same schema, as each database's
# inspector tells it in generic types, and the same rows; and nothing is left of it three times.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/postgresql-tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"
. "$ROOT/tests/support/ops-history.sh"

new_project everywhere
ops_history
ops_file 0005 0004 rest <<'JSON'
 "upgrade": [
  {"op": "create_table", "table_name": "kinds", "columns": [
    {"name": "id", "type": "BigInteger", "primary_key": true, "autoincrement": false},
    {"name": "small", "type": "SmallInteger"}, {"name": "price", "type": "Numeric(10, 2)", "server_default": "0"},
    {"name": "real", "type": "Double"}, {"name": "yes", "type": "Boolean", "nullable": false},
    {"name": "at", "type": "DateTime"}, {"name": "day", "type": "Date"}, {"name": "words", "type": "Text"},
    {"name": "bytes", "type": "LargeBinary"}, {"name": "doc", "type": "JSON"}]},
  {"op": "bulk_insert", "table_name": "kinds", "rows": [
    {"id": 9007199254740993, "small": -3, "price": 12.50, "real": 0.25, "yes": true, "at": "2026-01-02T03:04:05",
     "day": "2026-01-02", "words": "it's; \"so\" \\ ä\n?$1:x", "bytes": {"hex": "00ff27"}, "doc": {"a": [1, null]}},
    {"id": 2, "small": null, "price": 0, "real": -1e3, "yes": false, "at": null, "day": null, "words": "",
     "bytes": "", "doc": null}]},
  {"op": "rename_table", "old_table_name": "kinds", "new_table_name": "sorts"},
  {"op": "batch_alter_table", "table_name": "sorts", "operations": [
    {"op": "alter_column", "column_name": "small", "new_column_name": "tiny", "type_": "Integer"},
    {"op": "create_check_constraint", "constraint_name": "ck_sorts_tiny", "condition": "tiny < 10"},
    {"op": "create_index", "index_name": "ix_sorts_day", "columns": ["day", "id"], "unique": true}]}],
 "downgrade": [
  {"op": "drop_constraint", "constraint_name": "ck_sorts_tiny", "table_name": "sorts", "type_": "check"},
  {"op": "drop_table", "table_name": "sorts"}]
JSON
# Tables, columns with generic types and whether they take NULL, keys and indexes; how a database names its own is its own.
generic() {
    migrate inspect --url "$1" | python3 -c '
import json, sys
for table in sorted(json.load(sys.stdin)["tables"], key=lambda t: t["name"]):
    print(table["name"])
    for c in table["columns"]:
        kind = c["type"] if isinstance(c["type"], str) else c["type"].get("default")
        print("  ", c["name"], kind.split("(precision")[0], c.get("nullable", True))
    print("  ", table.get("primary_key", {}).get("columns") or [c["name"] for c in table["columns"] if c.get("primary_key")])
    for f in table.get("foreign_keys", []):
        print("  ", f["columns"], f["referred_table"], f["referred_columns"], f.get("ondelete"))
    # A unique constraint is a unique index on MariaDB, and foreign keys bring theirs along.
    indexes = table.get("indexes", [])
    for u in sorted(table.get("unique_constraints", []) + [i for i in indexes if i.get("unique")], key=lambda u: u["columns"]):
        print("  ", "unique", u["columns"])
    for i in sorted(indexes, key=lambda i: i["name"]):
        if i["name"] in ("ix_book_title", "ix_sorts_day"):
            print("  ", i["name"], i["columns"])'
}
PG=$(pg_newdb everywhere) MY=$(my_newdb everywhere)
for url in sqlite:///app.db "$PG" "$MY"; do
    run migrate --url "$url" upgrade head
    exits 0 "${url%%:*}: the history"
    [ "$status" = 0 ] || explain
done
lite=$(generic sqlite:///app.db)
[ "$(grep -c . <<<"$lite")" -ge 20 ]; ok "there is something to compare"
same "$(generic "$PG")" "$lite" "PostgreSQL has the schema that SQLite has"
same "$(generic "$MY")" "$lite" "MariaDB has the schema that SQLite has"

# The rows, each value as text in the same words.
lite=$(sqlite3 -separator '|' app.db "SELECT id, tiny, printf('%.2f', price), \"real\" + 0, yes, day, words, hex(bytes), substr(at, 1, 19) FROM sorts ORDER BY id" | sed 's/\.0|/|/')
pg=$(psql_rows everywhere "SELECT id, tiny, price, \"real\", yes::int, day, words, upper(encode(bytes, 'hex')), at FROM sorts ORDER BY id" | sed 's/NULL//g')
my=$(mysql_client -N -B --raw everywhere -e "SELECT id, tiny, price, \`real\`, yes, day, words, hex(bytes), at FROM sorts ORDER BY id" | tr '\t' '|' | sed 's/NULL//g')
same "$pg" "$lite" "PostgreSQL has the rows that SQLite has"
same "$my" "$lite" "MariaDB has the rows that SQLite has"
same "$(python3 -c 'import json, sys; print(json.loads(sys.stdin.readline()))' <<<"$(psql_rows everywhere 'SELECT doc FROM sorts WHERE id > 2')")" "{'a': [1, None]}" "JSON is JSON"

for url in sqlite:///app.db "$PG" "$MY"; do
    run migrate --url "$url" downgrade base
    exits 0 "${url%%:*}: down to base"
    [ "$status" = 0 ] || explain
    same "$(generic "$url")" "" "${url%%:*}: nothing is left"
done
finish
