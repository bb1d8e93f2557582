#!/usr/bin/env bash
# What the sqlite3 shell writes of a database is a model of it, as it is: no difference, and the same database elsewhere.
. "$(dirname "$0")/../support/tap.sh"

checks() { # NAME
    run migrate check
    exits 0 "$1: check finds nothing"
    [ "$status" = 0 ] || { explain; run migrate diff; explain; }
}
models() { sed -i "s|^models = .*|models = $1|" migrate.ini; }
refuses() { # NAME TEXT: the statement on stdin is refused, at its place
    { echo 'CREATE TABLE t (a);'; cat; } >migrations/schema.sql
    run migrate check
    exits 1 "$1: is refused"
    says 'schema.sql:2:1: ' "$1: where"
    says "$2" "$1: why"
}

for name in chinook sakila; do
    new_project $name
    models '%(here)s/migrations/schema.sql'
    sqlite3 -bail app.db <"$ROOT/tests/fixtures/$name.sql"
    sqlite3 -bail app.db <"$ROOT/tests/fixtures/$name-rows.sql"
    wanted=$(fingerprint app.db)
    sqlite3 -batch app.db .dump >migrations/schema.sql
    checks "$name, .dump"
    sqlite3 -batch app.db .schema >migrations/schema.sql
    checks "$name, .schema"
    sqlite3 -batch app.db '.schema --indent' >migrations/schema.sql
    checks "$name, .schema --indent"
    sqlite3 -batch app.db .fullschema >migrations/schema.sql
    checks "$name, .fullschema"
    run migrate create_all --url sqlite:///copy.db
    exits 0 "$name: create_all elsewhere"
    run migrate check --url sqlite:///copy.db
    exits 0 "$name: check of the copy"
    run migrate stamp head
    sqlite3 -batch app.db .dump >migrations/schema.sql
    checks "$name, with the tool's own tables in the dump"
    same "$(fingerprint app.db)" "$wanted" "$name: nothing was changed"
done

# Virtual tables, and SQLite's own.
new_project virtual
models '%(here)s/migrations/schema.sql'
sqlite3 -bail app.db <<'SQL'
CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, body TEXT);
CREATE INDEX ix_posts_title ON posts (title);
CREATE VIRTUAL TABLE posts_text USING fts5 (title, body, content='posts', content_rowid='id');
CREATE TRIGGER posts_ai AFTER INSERT ON posts BEGIN
  INSERT INTO posts_text (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1);
CREATE VIEW titles AS SELECT title FROM posts_text;
INSERT INTO posts (title, body) VALUES ('a', 'b'), ('it''s; c', 'd');
INSERT INTO boxes VALUES (1, 0, 1);
ANALYZE;
SQL
sqlite3 -batch app.db .dump >migrations/schema.sql
checks "virtual tables, .dump"
run migrate -v check
says 'rows (' "what is left out is told with -v"
sqlite3 -batch app.db .schema >migrations/schema.sql
checks "virtual tables, .schema"

# Those that only the model has are created, before the triggers that feed them; none is changed or dropped.
new_project virtual_new
models '%(here)s/migrations/schema.sql'
cat >migrations/schema.sql <<'SQL'
CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, content='posts', content_rowid='id');
CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1);
CREATE TRIGGER feed AFTER INSERT ON posts BEGIN
  INSERT INTO words (rowid, title) VALUES (new.id, new.title);
  INSERT INTO boxes VALUES (new.id, 0, new.id);
END;
CREATE VIEW found AS SELECT rowid AS id FROM words WHERE words MATCH 'one';
SQL
run migrate revision --autogenerate -m virtual --rev-id a
exits 0 "virtual tables of a model are new"
run migrate upgrade head
exits 0 "they are created"
sqlite3 -bail app.db "INSERT INTO posts (title) VALUES ('one'), ('two')"
same "$(sqlite3 app.db "SELECT id FROM found; SELECT count(*) FROM boxes")" "1
2" "and fed by the triggers"
run migrate check
exits 0 "check finds nothing"
migrate inspect --format json >written.json
migrate inspect --format sql >written.sql
for written in written.json written.sql; do
    models "%(here)s/$written"
    run migrate check
    exits 0 "$written: check finds nothing"
    rm -f again.db
    run migrate --url sqlite:///again.db create_all
    same "$(migrate --url sqlite:///again.db inspect --format "${written#*.}")" "$(cat "$written")" "$written: the same bytes"
done
sed -i 's/VIRTUAL TABLE words/VIRTUAL TABLE IF NOT EXISTS words/' written.json
models '%(here)s/written.json'
run migrate check
exits 0 "IF NOT EXISTS is no difference"
same "$err" "" "and nothing is said"
sed -i 's/x0, x1/y0, y1/' written.json
run migrate check
exits 0 "a virtual table that is other is no change to make"
says 'virtual table boxes: differs from the model and is left alone' "it is said"
models '%(here)s/none.json'
echo '{"tables": []}' >none.json
run migrate revision --autogenerate -m none
exits 0 "without a model of them"
same "$(grep -ciE 'DROP TABLE "?(words|boxes)' "$(ls migrations/versions/*_none.sql migrations/*_none.sql 2>/dev/null)")" 0 "virtual tables are not dropped"
models '%(here)s/migrations/schema.sql'
rm -f migrations/versions/*_none.sql
run migrate downgrade base
exits 0 "the downgrade drops what was created"
same "$(sqlite3 app.db "SELECT name FROM sqlite_schema WHERE name LIKE 'words%' OR name LIKE 'boxes%'")" "" "with their shadow tables"

# Several files, globs, JSON beside SQL.
new_project several
mkdir migrations/tables
echo 'CREATE TABLE a (id INTEGER PRIMARY KEY);' >migrations/tables/1.sql
echo 'CREATE TABLE b (a_id INTEGER REFERENCES a (id)); CREATE INDEX ix_b ON b (a_id);' >migrations/tables/2.sql
echo '{"tables": [{"name": "c", "columns": [{"name": "id", "type": "Integer", "primary_key": true}]}]}' >migrations/more.json
models '%(here)s/migrations/tables/*.sql, %(here)s/migrations/more.json'
run migrate create_all
exits 0 'files of both kinds: create_all'
same "$(sqlite3 -batch app.db .tables | tr -s ' \n' ' ')" 'a b c ' 'files of both kinds: all of them'
checks 'files of both kinds'

# A row that a later statement reads, and what a model may not do.
new_project refused
models '%(here)s/migrations/schema.sql'
refuses 'ATTACH' 'no other database' <<<"ATTACH 'other.db' AS other;"
refuses 'a command of the shell' 'command of the sqlite3 shell' <<<".read other.sql"
refuses 'ROLLBACK' 'not taken back' <<<"ROLLBACK; -- due to errors"
[ ! -e other.db ]; ok 'no file was made'
printf 'CREATE TABLE t (a);\nCREATE TABLE u (\n  a INT,\n  b INT INT INT,,\n);\n' >migrations/schema.sql
run migrate check
exits 1 'a mistake'
says 'schema.sql:4:17: ' 'a mistake: FILE:LINE:COLUMN'

# What a dump that failed leaves.
new_project nothing
models '%(here)s/migrations/schema.sql'
echo '-- nothing yet' >migrations/schema.sql
run migrate check
exits 0 'a model without a statement: as empty as the database'
says 'schema.sql: no statement in it creates anything' 'but it is told'
echo 'CREATE TABLE t (a);' >migrations/schema.sql
run migrate inspect --models --format sql
same "$err" '' 'a model with a statement is not warned of'
finish
