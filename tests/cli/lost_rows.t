#!/usr/bin/env bash
# What a revision loses stands in it, with about how many rows; what it drops comes back with its full definition.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/lost-rows.sh"
newdb() { echo "sqlite:///app.db"; }
facts() { # by the pragmas: a rebuilt table may be written otherwise
    sqlite3 -batch app.db "
        SELECT m.name, x.* FROM sqlite_schema m, pragma_table_xinfo(m.name) x WHERE m.name NOT LIKE 'migrate%' AND m.type = 'table' ORDER BY 1, 2;
        SELECT m.name, x.* FROM sqlite_schema m, pragma_foreign_key_list(m.name) x WHERE m.name NOT LIKE 'migrate%' ORDER BY 1, 2, 3;
        SELECT m.name, i.\"unique\", i.origin, i.partial, x.* FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) x WHERE m.name NOT LIKE 'migrate%' ORDER BY 1, 2, 3, 4, x.seqno, x.cid;
        SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'migrate%' ORDER BY 1;
        SELECT name, sql LIKE '%ck_total CHECK (total >= 0)%', sql LIKE '%(total * 2) STORED%', sql LIKE '%AUTOINCREMENT%', sql LIKE '%DEFERRABLE INITIALLY DEFERRED%' FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'migrate%' ORDER BY 1;
        SELECT type, name, sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL AND name NOT LIKE 'migrate%' ORDER BY 1, 2"
}
fill() { sqlite3 app.db "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) INSERT INTO $2 (id) SELECT i FROM n"; }
lost_rows
FIXTURE=$ROOT/tests/fixtures/lost_rows.sql
many_rows
run migrate check
prints "drop table big, more than 100,000 rows" "many are not counted to the end"
sqlite3 app.db ANALYZE
run migrate check
prints "drop table big, about 150,000 rows" "where ANALYZE knows it, that is said"
run migrate diff --json
same "$(printf '%s' "$out" | jq -c '.operations[0] | [.rows, .estimated, .at_least]')" '[150000,true,null]' "in JSON, too"
everything_comes_back whole
finish
