#!/usr/bin/env bash
# Small schemas with a trap each: what autogenerate makes of a change runs, loses nothing, leaves no difference, and can be undone.
. "$(dirname "$0")/../support/tap.sh"

# Facts from the pragmas and what refers to the tables: the stored text of a rebuilt table is spelled anew.
facts() {
    sqlite3 -batch "$1" "
SELECT 'table', name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'migrate%' ORDER BY 2;
SELECT 'column', t.name, c.cid, c.name, upper(c.type), c.\"notnull\" AND NOT (c.pk AND upper(c.type) = 'INTEGER'), c.dflt_value, c.pk, c.hidden FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'migrate%' AND t.name NOT LIKE 'sqlite%' ORDER BY 2, 3;
SELECT 'key', t.name, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY 2, 3, 4;
SELECT 'index', t.name, i.origin, CASE i.origin WHEN 'c' THEN i.name END, i.\"unique\", i.partial, (SELECT group_concat(coalesce(x.name, '()') || x.desc || x.coll) FROM pragma_index_xinfo(i.name) x WHERE x.key) FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name NOT LIKE 'migrate%' ORDER BY 2, 3, 4, 7;
SELECT type, name, replace(sql, '\"', '') FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY 2"
}
number=0
# change NAME BEFORE AFTER QUERY WANTED [--rename OLD:NEW]…: QUERY is asked after the upgrade.
change() {
    local name=$1 before=$2 after=$3 query=$4 wanted=$5 old
    shift 5
    number=$((number + 1))
    new_project "$number"
    sed -i 's/^models.*/models = schema.sql/' migrate.ini
    sqlite3 -bail app.db "$before"
    printf '%s\n' "$after" >schema.sql
    migrate inspect >own.json
    old=$(facts app.db)
    run migrate revision --autogenerate -m change --rev-id 0001 "$@"
    exits 0 "$name: a revision"
    run migrate upgrade head
    exits 0 "$name: runs"
    run migrate check
    exits 0 "$name: leaves no difference"
    same "$(sqlite3 app.db "$query")" "$wanted" "$name: loses nothing"
    run migrate downgrade base
    exits 0 "$name: is taken down"
    same "$(facts app.db)" "$old" "$name: the former schema"
    sed -i 's/^models.*/models = own.json/' migrate.ini
    run migrate diff
    exits 0 "$name: no difference from its own inspection"
}

change "views on views, and triggers of views and other tables" \
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE TRIGGER wi INSTEAD OF INSERT ON w BEGIN INSERT INTO t (a) VALUES (new.a); END; CREATE TABLE o (x); CREATE TRIGGER ot AFTER INSERT ON o BEGIN UPDATE t SET b = b + 1; END; INSERT INTO t VALUES (5, 'x', 1), (9, 'y', NULL)" \
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(30), b BIGINT NOT NULL DEFAULT 7); CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE TRIGGER wi INSTEAD OF INSERT ON w BEGIN INSERT INTO t (a) VALUES (new.a); END; CREATE TABLE o (x); CREATE TRIGGER ot AFTER INSERT ON o BEGIN UPDATE t SET b = b + 1; END;" \
    "INSERT INTO w VALUES ('z'); INSERT INTO o VALUES (1); SELECT * FROM t" "5|x|2
9|y|8
10|z|8"
change "keys in a cycle and on the table itself" \
    "CREATE TABLE a (id INTEGER PRIMARY KEY, b INT REFERENCES b (id), me INT REFERENCES a (id) ON DELETE CASCADE); CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a (id) ON DELETE CASCADE); INSERT INTO a VALUES (1, 1, 1), (2, 1, 1); INSERT INTO b VALUES (1, 2)" \
    "CREATE TABLE a (id INTEGER PRIMARY KEY, b BIGINT REFERENCES b (id), me INT REFERENCES a (id) ON DELETE CASCADE); CREATE TABLE b (id INTEGER PRIMARY KEY, a BIGINT REFERENCES a (id) ON DELETE SET NULL);" \
    "SELECT * FROM a; SELECT * FROM b; PRAGMA foreign_key_check" "1|1|1
2|1|1
1|2"
change "columns called rowid and oid hide the row's number" \
    "CREATE TABLE t (rowid TEXT, oid TEXT, x INT); INSERT INTO t (_rowid_, rowid, oid, x) VALUES (50, 'a', 'b', 1), (70, 'c', 'd', 2)" \
    "CREATE TABLE t (rowid TEXT, oid TEXT, x BIGINT);" "SELECT _rowid_, * FROM t" "50|a|b|1
70|c|d|2"
change "a counter above the last row, and a new table name" \
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x INT); INSERT INTO t VALUES (100, 1); DELETE FROM t; INSERT INTO t VALUES (3, 3)" \
    "CREATE TABLE t2 (id INTEGER PRIMARY KEY AUTOINCREMENT, x BIGINT);" "SELECT * FROM t2; SELECT * FROM sqlite_sequence" "3|3
t2|100" --rename t:t2
change "names with keywords, quotes and spaces, and text that looks like SQL" \
    "CREATE TABLE \"select\" (\"a b\" INT, \"q\"\"q\" TEXT DEFAULT 'x--y;''z', \"ü\" TEXT, \"group\" INT PRIMARY KEY); CREATE INDEX \"i x\" ON \"select\" (\"a b\", lower(\"q\"\"q\")); INSERT INTO \"select\" VALUES (1, 'k', NULL, 3)" \
    "CREATE TABLE \"select\" (\"a b\" BIGINT, \"q\"\"q\" TEXT DEFAULT 'x--y;''z', \"ü\" TEXT NOT NULL DEFAULT 'a;--b', \"group\" INT PRIMARY KEY); CREATE INDEX \"i x\" ON \"select\" (\"a b\", lower(\"q\"\"q\"));" \
    "SELECT * FROM \"select\"" "1|k|a;--b|3"
change "a renamed column in generated columns, a partial index and a view" \
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a * 2) STORED, z INT); CREATE INDEX ig ON t (a + 1) WHERE a > 0; CREATE VIEW v AS SELECT a, g FROM t; INSERT INTO t (id, a, z) VALUES (1, 2, 3)" \
    "CREATE TABLE t (id INTEGER PRIMARY KEY, aa BIGINT, g INT AS (aa * 2) STORED, z INT); CREATE INDEX ig ON t (aa + 1) WHERE aa > 0; CREATE VIEW v AS SELECT aa, g FROM t;" \
    "SELECT * FROM t; SELECT * FROM v" "1|2|4|3
2|4" --rename t.a:t.aa
change "a chain of table names" "CREATE TABLE a (x INT); CREATE TABLE b (y TEXT); INSERT INTO a VALUES (1); INSERT INTO b VALUES ('z')" \
    "CREATE TABLE b (x INT); CREATE TABLE c (y TEXT);" "SELECT * FROM b; SELECT * FROM c" "1
z" --rename b:c --rename a:b
change "a full-text index beside its content" \
    "CREATE TABLE t (rowid TEXT, a TEXT); CREATE VIRTUAL TABLE f USING fts5 (a, content='t'); INSERT INTO t (oid, rowid, a) VALUES (10, 'z', 'abc'), (30, 'y', 'def'); INSERT INTO f (rowid, a) SELECT oid, a FROM t" \
    "CREATE TABLE t (rowid TEXT, a VARCHAR(5)); CREATE VIRTUAL TABLE f USING fts5 (a, content='t');" "SELECT rowid FROM f WHERE f MATCH 'def'; SELECT oid, a FROM t" "30
10|abc
30|def"
change "an INTEGER PRIMARY KEY DESC, which is no row number" \
    "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, x INT); INSERT INTO t VALUES (NULL, 1), (NULL, 2), (7, 3)" \
    "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, x BIGINT);" "SELECT id, x FROM t ORDER BY x" "|1
|2
7|3"
change "names of indexes that change places" "CREATE TABLE t (a INT, b INT); CREATE INDEX i1 ON t (a); CREATE INDEX i2 ON t (b)" \
    "CREATE TABLE t (a INT, b INT); CREATE INDEX i2 ON t (a); CREATE INDEX i1 ON t (b);" "SELECT name, (SELECT name FROM pragma_index_info(s.name)) FROM sqlite_schema s WHERE type = 'index' AND tbl_name = 't' ORDER BY 1" "i1|b
i2|a"
finish
