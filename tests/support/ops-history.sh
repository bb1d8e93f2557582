# A history of operations and SQL mixed, which runs on every dialect; to be sourced behind tap.sh.
# ops_file ID PARENT NAME: a revision of operations, the rest of its JSON object on stdin.
ops_file() {
    local parent=null
    [ -z "$2" ] || parent="\"$2\""
    { printf '// %s\n{"revision": "%s", "down_revision": %s, "message": "%s",\n' "$3" "$1" "$parent" "$3"; cat; echo '}'; } \
        >"migrations/versions/$1_$3.json"
}
ops_history() {
    ops_file 0001 '' create <<'JSON'
 "upgrade": [
  {"op": "create_table", "table_name": "author", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true, "autoincrement": false},
    {"name": "name", "type": "String(40)", "nullable": false},
    {"name": "born", "type": "Date"}]},
  {"op": "create_table", "table_name": "book", "columns": [
    {"name": "id", "type": "Integer", "primary_key": true, "autoincrement": false},
    {"name": "author_id", "type": "Integer", "nullable": false},
    {"name": "title", "type": "String(80)"}],
   "foreign_keys": [{"name": "fk_book_author", "columns": ["author_id"], "referred_table": "author",
                     "referred_columns": ["id"], "ondelete": "CASCADE"}]},
  {"op": "bulk_insert", "table_name": "author", "rows": [
    {"id": 1, "name": "Ada", "born": "1815-12-10"}, {"id": 2, "name": "it's \"Grace\"", "born": null}]},
  {"op": "create_index", "index_name": "ix_book_title", "table_name": "book", "columns": ["title"]}],
 "downgrade": [
  {"op": "drop_index", "index_name": "ix_book_title", "table_name": "book"},
  {"op": "drop_table", "table_name": "book"},
  {"op": "drop_table", "table_name": "author"}]
JSON
    revision_file 0002 0001 pages <<'SQL'
-- migrate:up
ALTER TABLE book ADD COLUMN pages INTEGER;
INSERT INTO book (id, author_id, title, pages) VALUES (1, 1, 'Notes', 66);

-- migrate:down
DELETE FROM book WHERE id = 1;
ALTER TABLE book DROP COLUMN pages;
SQL
    ops_file 0003 0002 alter <<'JSON'
 "upgrade": [
  {"op": "alter_column", "table_name": "author", "column_name": "name", "type_": "String(60)"},
  {"op": "add_column", "table_name": "book",
   "column": {"name": "kind", "type": "String(10)", "nullable": false, "server_default": "'novel'"}},
  {"op": "create_unique_constraint", "constraint_name": "uq_author_name", "table_name": "author", "columns": ["name"]},
  {"op": "execute", "sqltext": {"default": ["UPDATE book", "SET title = 'Notes; all of them'"],
                                "postgresql": "UPDATE book SET title = E'Notes; all of them'"}}],
 "downgrade": [
  {"op": "drop_constraint", "constraint_name": "uq_author_name", "table_name": "author", "type_": "unique"},
  {"op": "drop_column", "table_name": "book", "column_name": "kind"},
  {"op": "alter_column", "table_name": "author", "column_name": "name", "type_": "String(40)"}]
JSON
    revision_file 0004 0003 view <<'SQL'
-- migrate:up
CREATE VIEW titles AS SELECT title FROM book;

-- migrate:down
DROP VIEW titles;
SQL
}
